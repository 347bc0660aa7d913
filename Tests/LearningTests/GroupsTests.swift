import Learning
import Testing

@Suite struct GroupsTests {
    @Test func tiesAreTransitive() {
        var groups = Groups(count: 6)
        groups.tie(4, 1)
        groups.tie(5, 4)
        #expect(groups.members == [[0], [1, 4, 5], [2], [3]])
        #expect(groups.areTied(1, 5) && !groups.areTied(0, 1))
    }

    @Test func equalKeysTieAndAbsentOnesDoNot() {
        var groups = Groups(count: 5)
        groups.tie(equal: ["a", nil, "b", "a", nil])
        #expect(groups.members == [[0, 3], [1], [2], [4]])
    }

    @Test func theOrderOfTiesDoesNotMatter() {
        var left = Groups(count: 4)
        left.tie(0, 3)
        left.tie(2, 3)
        var right = Groups(count: 4)
        right.tie(3, 2)
        right.tie(3, 0)
        #expect(left.members == right.members)
    }
}
