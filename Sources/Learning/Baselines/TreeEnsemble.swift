internal import CXGBoost

/// Trees grown by XGBoost's C library (Chen and Guestrin 2016): a random forest or gradient boosting.
package struct TreeEnsemble: Sendable {
    /// XGBoost's parameters beside the objective, the number of classes, seed and threads, which are set here.
    package let parameters: [String: String]
    /// Rounds of boosting; a forest grows all its trees in one.
    package let roundCount: Int

    /// Trees as the parameters say.
    package init(parameters: [String: String], roundCount: Int) {
        self.parameters = parameters
        self.roundCount = roundCount
    }

    /// Into how many steps a feature is cut: few hundred images fill no more, and time goes with it.
    private static let binCount = "32"

    /// A random forest: every tree on a part of the images, every split on √features of the features.
    package static func randomForest(featureCount: Int, treeCount: Int = 300) -> TreeEnsemble {
        let share = Double(featureCount).squareRoot() / Double(max(featureCount, 1))
        return TreeEnsemble(
            parameters: [
                "num_parallel_tree": String(treeCount), "eta": "1", "max_depth": "16", "lambda": "1e-3",
                "min_child_weight": "0.1", "subsample": "0.632", "colsample_bynode": String(max(share, 1e-3)),
                "tree_method": "hist", "max_bin": binCount,
            ], roundCount: 1)
    }

    /// Gradient boosting with shallow trees and slow steps.
    package static let gradientBoosting = TreeEnsemble(
        parameters: [
            "eta": "0.1", "max_depth": "4", "subsample": "0.8", "colsample_bytree": "0.25", "lambda": "1",
            "tree_method": "hist", "max_bin": binCount,
        ], roundCount: 150)

    /// Probabilities of the test rows, learned from the training rows.
    ///
    /// The same input gives the same answer: the seed is fixed and one thread grows all trees.
    ///
    /// Throws `model` with XGBoost's words where it refuses.
    package func probabilities(
        training: FeatureMatrix, truth: [Int], test: FeatureMatrix, classCount: Int, seed: UInt64
    ) throws(LearningError) -> [[Double]] {
        precondition(training.rowCount == truth.count && training.columnCount == test.columnCount)
        let learned = try DataHandle(training)
        try learned.setLabels(truth)
        let booster = try BoosterHandle(learned)
        var settings = parameters
        settings["objective"] = "multi:softprob"
        settings["num_class"] = String(classCount)
        settings["nthread"] = "1"
        settings["seed"] = String(seed % UInt64(Int32.max))
        settings["verbosity"] = "0"
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) { try booster.set(name, value) }
        for round in 0..<roundCount { try booster.update(round: round, learned) }
        let values = try booster.predictions(try DataHandle(test), count: test.rowCount * classCount)
        return (0..<test.rowCount).map { row in
            values[row * classCount..<(row + 1) * classCount].map(Double.init)
        }
    }
}

/// Throws XGBoost's last error where a call failed.
private func check(_ status: Int32) throws(LearningError) {
    guard status == 0 else {
        throw .model("XGBoost: \(unsafe String(cString: XGBGetLastError()))")
    }
}

/// A matrix in XGBoost's memory; freed with its owner, who is used by one thread.
@safe private final class DataHandle {
    let pointer: DMatrixHandle?

    init(_ matrix: FeatureMatrix) throws(LearningError) {
        var handle: DMatrixHandle?
        let status = unsafe matrix.values.withUnsafeBufferPointer { values in
            unsafe XGDMatrixCreateFromMat(
                values.baseAddress, bst_ulong(matrix.rowCount), bst_ulong(matrix.columnCount), .nan, &handle)
        }
        unsafe pointer = handle
        try check(status)
    }

    deinit { unsafe _ = XGDMatrixFree(pointer) }

    func setLabels(_ truth: [Int]) throws(LearningError) {
        let labels = truth.map(Float.init)
        try check(unsafe XGDMatrixSetFloatInfo(pointer, "label", labels, bst_ulong(labels.count)))
    }
}

/// A growing ensemble in XGBoost's memory; freed with its owner, who is used by one thread.
@safe private final class BoosterHandle {
    private let pointer: CXGBoost.BoosterHandle?

    init(_ data: DataHandle) throws(LearningError) {
        var handle: CXGBoost.BoosterHandle?
        let matrices: [DMatrixHandle?] = unsafe [data.pointer]
        let status = unsafe XGBoosterCreate(matrices, 1, &handle)
        unsafe pointer = handle
        try check(status)
    }

    deinit { unsafe _ = XGBoosterFree(pointer) }

    func set(_ name: String, _ value: String) throws(LearningError) {
        try check(unsafe XGBoosterSetParam(pointer, name, value))
    }

    func update(round: Int, _ data: DataHandle) throws(LearningError) {
        try check(unsafe XGBoosterUpdateOneIter(pointer, Int32(round), data.pointer))
    }

    func predictions(_ data: DataHandle, count: Int) throws(LearningError) -> [Float] {
        var length: bst_ulong = 0
        var result: UnsafePointer<Float>?
        try check(unsafe XGBoosterPredict(pointer, data.pointer, 0, 0, 0, &length, &result))
        guard let start = unsafe result, Int(length) == count else {
            throw .model("XGBoost gave \(length) numbers instead of \(count)")
        }
        // The memory is XGBoost's until its next call.
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}
