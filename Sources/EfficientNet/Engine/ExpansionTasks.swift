/// How the expansion and depthwise convolution of a block are cut into tasks for some threads.
///
/// A task is a block of channels, or some of its bands of rows: a cut block makes the rows of the window's overlap twice.
/// So only those blocks are cut that the threads could not share out evenly, unless there are too few for that. They come
/// in the middle, which the threads reach last: one claims tasks from the front, the other from the back.
package struct ExpansionTasks: Sendable {
    private let bandCount: Int
    private let wholeCount: Int
    private let cutCount: Int
    private let pieceCount: Int

    /// - Parameters:
    ///   - blockCount: blocks of channels.
    ///   - bandCount: bands of rows of each.
    package init(blockCount: Int, bandCount: Int, threadCount: Int) {
        self.bandCount = bandCount
        let isPlenty = blockCount >= 2 * threadCount
        let cutCount = threadCount == 1 ? 0 : isPlenty ? blockCount % threadCount : blockCount
        if cutCount == 0 {
            pieceCount = 1
        } else if isPlenty {
            pieceCount = min(bandCount, (threadCount + cutCount - 1) / cutCount)
        } else {
            // As few as give every thread two, and the last ones something to do when their number does not divide.
            pieceCount =
                (1...bandCount).first { count in
                    let taskCount = blockCount * count
                    return taskCount >= 4 * threadCount
                        || (taskCount >= 2 * threadCount && taskCount.isMultiple(of: threadCount))
                } ?? bandCount
        }
        self.cutCount = cutCount
        wholeCount = blockCount - cutCount
    }

    /// How many tasks.
    package var count: Int { wholeCount + cutCount * pieceCount }

    /// What a task is to do: its block of channels, and the bands of that.
    package subscript(task: Int) -> (channels: Int, bands: Range<Int>) {
        let front = wholeCount / 2
        let piece = task - front
        if piece < 0 { return (task, 0..<bandCount) }
        if piece >= cutCount * pieceCount { return (task - cutCount * (pieceCount - 1), 0..<bandCount) }
        let index = piece % pieceCount
        return (
            front + piece / pieceCount, bandCount * index / pieceCount..<bandCount * (index + 1) / pieceCount
        )
    }
}
