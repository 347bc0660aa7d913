/// A split of images into those to train on and those to watch: by groups, stratified, seeded.
package struct Holdout: Sendable, Equatable {
    /// Positions (in the list that was split) to train on, in ascending order.
    package let training: [Int]
    /// Positions to choose epoch, temperature and thresholds by, in ascending order.
    package let validation: [Int]

    /// A split as given.
    package init(training: [Int], validation: [Int]) {
        self.training = training
        self.validation = validation
    }

    /// Holds back about `fraction` of the images of every class, never a part of a group.
    ///
    /// A class that consists of a single group stays in training: one can learn without watching, not the other way
    /// round. Throws `settings` for a fraction outside 0 ..< 0.5 and `data` where nothing can be held back.
    package init(
        classIndices: [Int], classCount: Int, groups: Groups, fraction: Double, seed: UInt64
    ) throws(LearningError) {
        precondition(classIndices.count == groups.count)
        guard fraction >= 0, fraction < 0.5 else {
            throw .settings("a validation fraction of \(fraction) is not in 0 ..< 0.5")
        }
        guard fraction > 0 else {
            training = Array(classIndices.indices)
            validation = []
            return
        }
        var generator = SeededGenerator(seed: seed, path: [StreamPurpose.validation.rawValue])
        var wanted = [Double](repeating: 0, count: classCount)
        for index in classIndices { wanted[index] += fraction }
        var groupsLeft = [Int](repeating: 0, count: classCount)
        let members = groups.members
        for group in members { for index in Set(group.map { classIndices[$0] }) { groupsLeft[index] += 1 } }
        var held = [Double](repeating: 0, count: classCount)
        var validation: [Int] = []
        for group in generator.shuffled(members) {
            let counts = group.reduce(into: [Int: Double]()) { $0[classIndices[$1], default: 0] += 1 }
            // Held back where that brings every class of the group nearer to what is wanted, and leaves each a group.
            let brings = counts.allSatisfy { index, added in
                groupsLeft[index] > 1
                    && abs(held[index] + added - wanted[index]) < abs(held[index] - wanted[index])
            }
            guard brings else { continue }
            validation += group
            for (index, added) in counts {
                held[index] += added
                groupsLeft[index] -= 1
            }
        }
        guard !validation.isEmpty else {
            throw .data(
                "\(classIndices.count) images in \(members.count) independent groups: none can be held back at \(fraction)"
            )
        }
        let isHeld = Set(validation)
        self.validation = validation.sorted()
        training = classIndices.indices.filter { !isHeld.contains($0) }
    }
}
