import Learning
import Testing

@Suite struct FoldsTests {
    /// The implants' class sizes.
    private let classes = [75, 265, 64, 134].enumerated().flatMap {
        Array(repeating: $0.offset, count: $0.element)
    }

    private func folds(_ classes: [Int], groups: Groups? = nil, count: Int, seed: UInt64 = 1) throws -> Folds
    {
        try Folds(
            classIndices: classes, classCount: (classes.max() ?? 0) + 1,
            groups: groups ?? Groups(count: classes.count), foldCount: count, seed: seed)
    }

    @Test func withoutGroupsClassesAndSizesDifferByAtMostOne() throws {
        for seed in UInt64(0)..<20 {
            let folds = try folds(classes, count: 10, seed: seed)
            let members = (0..<10).map { folds.members(of: $0) }
            #expect(members.joined().sorted() == Array(classes.indices))
            for index in 0..<4 {
                let counts = members.map { $0.count { classes[$0] == index } }
                #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "class \(index): \(counts)")
            }
            let sizes = members.map(\.count)
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1, "seed \(seed): \(sizes)")
        }
    }

    @Test func noGroupLiesInTwoFolds() throws {
        var groups = Groups(count: classes.count)
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<120 {
            groups.tie(generator.index(below: classes.count), generator.index(below: classes.count))
        }
        let folds = try folds(classes, groups: groups, count: 5)
        for group in groups.members { #expect(Set(group.map { folds.assignment[$0] }).count == 1) }
        // Still even: each fold within 20 % of a fifth of each large class.
        for index in [1, 3] {
            let target = Double(classes.count { $0 == index }) / 5
            for fold in 0..<5 {
                let count = Double(folds.members(of: fold).count { classes[$0] == index })
                #expect(abs(count - target) <= 0.2 * target)
            }
        }
    }

    @Test func theSeedDecides() throws {
        let first = try folds(classes, count: 10, seed: 3)
        let again = try folds(classes, count: 10, seed: 3)
        let other = try folds(classes, count: 10, seed: 4)
        #expect(first == again && first != other)
    }

    @Test func aClassWithOneImageIsInOneFold() throws {
        let folds = try folds([0, 0, 0, 0, 1], count: 2)
        #expect(Set(folds.assignment) == [0, 1])
        #expect(abs(folds.members(of: 0).count - folds.members(of: 1).count) <= 1)
    }

    @Test func refusesWhatCannotBeSplit() {
        #expect(throws: LearningError.settings("1 folds are not in 2…100")) {
            try folds([0, 1, 0], count: 1)
        }
        #expect(throws: LearningError.self) { try folds([0, 1, 0], count: 4) }
        var groups = Groups(count: 4)
        groups.tie(equal: ["p", "p", "p", "p"])
        #expect(throws: LearningError.data("1 independent groups of images are too few for 2 folds")) {
            try folds([0, 1, 0, 1], groups: groups, count: 2)
        }
    }

    @Test func othersAreTheRest() throws {
        let folds = try folds(classes, count: 10)
        #expect((folds.members(of: 3) + folds.others(than: 3)).sorted() == Array(classes.indices))
    }
}
