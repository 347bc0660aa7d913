import EfficientNet
import Testing

@Suite struct ExpansionTasksTests {
    @Test func everyBandOfEveryBlockIsDoneOnce() {
        for blockCount in 1...17 {
            for bandCount in [1, 2, 3, 4, 6, 15, 16] {
                for threadCount in [1, 2, 3, 4, 7, 8, 64] {
                    let tasks = ExpansionTasks(
                        blockCount: blockCount, bandCount: bandCount, threadCount: threadCount)
                    var times = [Int](repeating: 0, count: blockCount * bandCount)
                    for task in 0..<tasks.count {
                        let (channels, bands) = tasks[task]
                        #expect(!bands.isEmpty)
                        for band in bands { times[channels * bandCount + band] += 1 }
                    }
                    #expect(
                        times.allSatisfy { $0 == 1 },
                        "\(blockCount) blocks of \(bandCount) bands, \(threadCount) threads: \(times)")
                }
            }
        }
    }

    @Test func oneThreadCutsNothing() {
        let tasks = ExpansionTasks(blockCount: 5, bandCount: 4, threadCount: 1)
        #expect(tasks.count == 5)
        #expect((0..<5).allSatisfy { tasks[$0] == ($0, 0..<4) })
    }

    @Test func onlyWhatIsLeftOverIsCutAndComesInTheMiddle() {
        let tasks = ExpansionTasks(blockCount: 5, bandCount: 4, threadCount: 2)
        let expected = [(0, 0..<4), (1, 0..<4), (2, 0..<2), (2, 2..<4), (3, 0..<4), (4, 0..<4)]
        #expect(tasks.count == expected.count)
        for (task, work) in expected.enumerated() { #expect(tasks[task] == work) }
    }

    @Test func fewBlocksAreAllCut() {
        let tasks = ExpansionTasks(blockCount: 1, bandCount: 16, threadCount: 2)
        #expect(tasks.count == 4)
    }
}
