import Learning
import Testing

@Suite struct HoldoutTests {
    private let classes = [68, 238, 58, 120].enumerated().flatMap {
        Array(repeating: $0.offset, count: $0.element)
    }

    @Test func holdsBackTheFractionOfEveryClass() throws {
        let split = try Holdout(
            classIndices: classes, classCount: 4, groups: Groups(count: classes.count), fraction: 0.1, seed: 2
        )
        #expect((split.training + split.validation).sorted() == Array(classes.indices))
        for (index, size) in [68, 238, 58, 120].enumerated() {
            let held = Double(split.validation.count { classes[$0] == index })
            #expect(abs(held - 0.1 * Double(size)) <= 0.5)
        }
    }

    @Test func neverCutsAGroup() throws {
        var groups = Groups(count: classes.count)
        for index in stride(from: 0, to: classes.count - 2, by: 3) { groups.tie(index, index + 2) }
        let split = try Holdout(
            classIndices: classes, classCount: 4, groups: groups, fraction: 0.2, seed: 2)
        let held = Set(split.validation)
        for group in groups.members {
            #expect(group.allSatisfy(held.contains) || group.allSatisfy { !held.contains($0) })
        }
    }

    @Test func aClassOfOneImageStaysInTraining() throws {
        let split = try Holdout(
            classIndices: [0, 0, 0, 0, 0, 0, 1], classCount: 2, groups: Groups(count: 7), fraction: 0.3,
            seed: 1)
        #expect(split.training.contains(6))
        #expect(!split.validation.isEmpty)
    }

    @Test func noFractionHoldsNothingBack() throws {
        let split = try Holdout(
            classIndices: [0, 1], classCount: 2, groups: Groups(count: 2), fraction: 0, seed: 1)
        #expect(split.training == [0, 1] && split.validation.isEmpty)
    }

    @Test func refusesWhatCannotBeHeldBack() {
        #expect(throws: LearningError.self) {
            try Holdout(
                classIndices: [0, 1], classCount: 2, groups: Groups(count: 2), fraction: 0.2, seed: 1)
        }
        #expect(throws: LearningError.self) {
            try Holdout(
                classIndices: [0, 0], classCount: 1, groups: Groups(count: 2), fraction: 0.5, seed: 1)
        }
    }
}
