/// A partition of images into folds: each class spread evenly, no group in two folds, the same for the same seed.
package struct Folds: Sendable, Equatable {
    /// The fold of each image, from 0.
    package let assignment: [Int]
    /// How many folds there are.
    package let foldCount: Int

    /// The most folds.
    package static let foldCountMax = 100

    /// Partitions images into `foldCount` folds.
    ///
    /// Groups go one after the other, the largest first and equals in seeded order, to the fold that their classes need
    /// most. Where no images are tied, the folds of a class differ by at most one image, and the folds' sizes hardly more.
    ///
    /// Throws `settings` for an impossible number of folds, and `data` where there are fewer groups than folds.
    package init(
        classIndices: [Int], classCount: Int, groups: Groups, foldCount: Int, seed: UInt64
    ) throws(LearningError) {
        precondition(classIndices.count == groups.count)
        guard (2...Self.foldCountMax).contains(foldCount) else {
            throw .settings("\(foldCount) folds are not in 2…\(Self.foldCountMax)")
        }
        let members = groups.members
        guard members.count >= foldCount else {
            throw .data("\(members.count) independent groups of images are too few for \(foldCount) folds")
        }
        var generator = SeededGenerator(seed: seed, path: [StreamPurpose.folds.rawValue])
        // Rare classes first among equals: they are hardest to spread, while there is still room everywhere.
        let classSizes = classIndices.reduce(into: [Int](repeating: 0, count: classCount)) { $0[$1] += 1 }
        func rarity(_ group: [Int]) -> Int { group.map { classSizes[classIndices[$0]] }.min() ?? 0 }
        let order = generator.shuffled(members).enumerated().sorted { left, right in
            (-left.element.count, rarity(left.element), left.offset)
                < (-right.element.count, rarity(right.element), right.offset)
        }
        // Which fold is the first among equals is drawn as well, or the first folds would always get the remainders.
        let preference = generator.shuffled(Array(0..<foldCount))
        var tally = Tally(classSizes: classSizes, foldCount: foldCount)
        var assignment = [Int](repeating: 0, count: classIndices.count)
        for (_, group) in order {
            let counts = group.reduce(into: [Int: Int]()) { $0[classIndices[$1], default: 0] += 1 }
            let fold = tally.neediest(for: counts, preference: preference)
            tally.add(counts, to: fold)
            for index in group { assignment[index] = fold }
        }
        self.assignment = assignment
        self.foldCount = foldCount
    }

    /// The images of a fold, in ascending order.
    package func members(of fold: Int) -> [Int] { assignment.indices.filter { assignment[$0] == fold } }

    /// The images of all other folds, in ascending order.
    package func others(than fold: Int) -> [Int] { assignment.indices.filter { assignment[$0] != fold } }
}

/// How many images of each class each fold has so far.
private struct Tally {
    let targets: [Double]
    var counts: [[Int]]
    var sizes: [Int]

    init(classSizes: [Int], foldCount: Int) {
        targets = classSizes.map { Double($0) / Double(foldCount) }
        counts = Array(repeating: Array(repeating: 0, count: classSizes.count), count: foldCount)
        sizes = Array(repeating: 0, count: foldCount)
    }

    /// The fold where adding these images makes the sum of the squared deviations from an even spread, each relative
    /// to its class, smallest; then the smallest fold; then the preferred one.
    func neediest(for group: [Int: Int], preference: [Int]) -> Int {
        func cost(_ fold: Int) -> Double {
            group.sorted { $0.key < $1.key }.reduce(0) { sum, entry in
                let (classIndex, added) = entry
                let before = Double(counts[fold][classIndex]) - targets[classIndex]
                let after = before + Double(added)
                return sum + (after * after - before * before) / max(targets[classIndex], 1e-9)
            }
        }
        return preference.min { left, right in
            let (leftCost, rightCost) = (cost(left), cost(right))
            // Costs are sums of a few quotients: what differs by rounding alone counts as equal.
            if abs(leftCost - rightCost) > 1e-9 { return leftCost < rightCost }
            return sizes[left] < sizes[right]
        } ?? 0
    }

    mutating func add(_ group: [Int: Int], to fold: Int) {
        for (classIndex, added) in group {
            counts[fold][classIndex] += added
            sizes[fold] += added
        }
    }
}

/// What a stream of random numbers is for; the numbers are part of what a seed means and never change.
enum StreamPurpose: UInt64 {
    case folds = 1
    case validation = 2
    case order = 3
    case augmentation = 4
    case network = 5
    case initialisation = 6
    case copies = 7
    case mixup = 8
}
