internal import EfficientNet

extension TrainingRecipe {
    /// Throws `settings` with the first value that is not possible: which, what was found, what is allowed.
    package func check() throws(LearningError) {
        guard Architecture(named: architecture) != nil else {
            throw .settings("the recipe: architecture is \"\(architecture)\"; b0 to b7 are known")
        }
        try Self.check("side", side, NetworkSettings.sides)
        for earlier in earlierSides {
            try Self.check("earlierSides", earlier, NetworkSettings.sides.lowerBound...side)
        }
        try Self.check("epochs", epochs, 1...10_000)
        try Self.check("batch", batch, 1...TrainableNetwork.imageCountLimit)
        try Self.check("patience", patience, 0...10_000)
        for (name, value) in [("bodyRate", bodyRate), ("classifierRate", classifierRate)] {
            guard value > 0, value <= 100 else {
                throw .settings("the recipe: \(name) is \(value); above 0 and up to 100 is allowed")
            }
        }
        for (name, value) in [
            ("weightDecay", weightDecay), ("warmUp", warmUp), ("finalRate", finalRate),
            ("statisticsMomentum", statisticsMomentum),
        ] {
            try Self.check(name, value, 0...1)
        }
        for (name, value) in [
            ("momentum", momentum), ("secondMomentum", secondMomentum), ("labelSmoothing", labelSmoothing),
            ("dropout", dropout), ("stochasticDepth", stochasticDepth), ("averageDecay", averageDecay),
        ] {
            guard value >= 0, value < 1 else {
                throw .settings("the recipe: \(name) is \(value); 0 and more, below 1, is allowed")
            }
        }
        try Self.check("clipping", clipping, 0...1e9)
        try Self.check("mixup", mixup ?? 0, 0...1)
        guard validationFraction >= 0, validationFraction < 0.5 else {
            throw .settings("a validation fraction of \(validationFraction) is not in 0 ..< 0.5")
        }
        // The second training has nothing to choose an epoch by, and fewer epochs would be another schedule.
        guard refit != true || selection == .last && patience == 0 && validationFraction > 0 else {
            throw .settings(
                "the recipe: refit is for selection \"last\", patience 0 and a validationFraction above 0")
        }
        guard frozenStatisticsStages != nil else {
            throw .settings(
                "the recipe: batchStatisticsFrom is \"\(batchStatisticsFrom)\"; stem, blocks.STAGE, "
                    + "blocks.STAGE.BLOCK, head and never are known")
        }
        try augmentation.check()
    }

    /// How many stages from the image on keep their running statistics; nil where `batchStatisticsFrom` names none.
    var frozenStatisticsStages: Int? {
        guard let blocks = Architecture(named: architecture)?.blocks else { return nil }
        switch batchStatisticsFrom {
        case "stem": return 0
        case "head": return blocks.count + 1
        case "never": return TrainableNetwork.Freezing.allStages
        default:
            let index = blocks.firstIndex {
                ["blocks.\($0.stageIndex)", "blocks.\($0.stageIndex).\($0.blockIndex)"].contains(
                    batchStatisticsFrom)
            }
            return index.map { $0 + 1 }
        }
    }

    /// Whether a tensor stays as it is.
    package func isFrozen(_ name: String) -> Bool { frozen.contains { NamePattern($0).matches(name) } }

    static func check<Value: Comparable>(
        _ name: String, _ value: Value, _ range: ClosedRange<Value>
    ) throws(LearningError) {
        guard range.contains(value) else {
            throw .settings(
                "the recipe: \(name) is \(value); \(range.lowerBound) to \(range.upperBound) is allowed")
        }
    }
}

/// A name with `*` for any characters.
struct NamePattern {
    private let parts: [String]

    init(_ text: String) {
        parts = text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    }

    func matches(_ name: String) -> Bool {
        guard parts.count > 1, let first = parts.first, let last = parts.last else {
            return parts.first == name
        }
        guard name.hasPrefix(first), name.count >= first.count + last.count else { return false }
        var rest = name.dropFirst(first.count).dropLast(last.count)
        guard name.hasSuffix(last) else { return false }
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
