/// Images that belong together, by whatever ties them: a patient, the same bytes, near-equal pixels.
///
/// A split never cuts through a group: a network that has seen one image of a group knows something of the others, and
/// a test on them would flatter it.
package struct Groups: Sendable, Equatable {
    /// The parent of each image in the forest; a root is its own.
    private var parents: [Int]

    /// Every image on its own.
    package init(count: Int) { parents = Array(0..<count) }

    /// How many images there are.
    package var count: Int { parents.count }

    /// Puts two images, and all that is tied to either, into one group.
    package mutating func tie(_ left: Int, _ right: Int) {
        let (first, second) = (root(of: left), root(of: right))
        // The smaller index becomes the root, so that the result does not depend on the order of the ties.
        parents[max(first, second)] = min(first, second)
    }

    /// Ties all images with the same key; nil ties nothing.
    package mutating func tie<Key: Hashable>(equal keys: [Key?]) {
        precondition(keys.count == count)
        var first: [Key: Int] = [:]
        for (index, key) in keys.enumerated() {
            guard let key else { continue }
            if let other = first[key] { tie(other, index) } else { first[key] = index }
        }
    }

    /// The members of each group, in ascending order; groups in the order of their first member.
    package var members: [[Int]] {
        var byRoot: [Int: [Int]] = [:]
        for index in parents.indices { byRoot[root(of: index), default: []].append(index) }
        return byRoot.keys.sorted().map { byRoot[$0] ?? [] }
    }

    /// Whether the two are in one group.
    package func areTied(_ left: Int, _ right: Int) -> Bool { root(of: left) == root(of: right) }

    /// The groups among some of the images, which are numbered anew in the order given.
    package func subset(_ images: [Int]) -> Groups {
        var subset = Groups(count: images.count)
        subset.tie(equal: images.map { Optional(root(of: $0)) })
        return subset
    }

    private func root(of index: Int) -> Int {
        var index = index
        while parents[index] != index { index = parents[index] }
        return index
    }
}
