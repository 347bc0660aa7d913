import Daemon
import Locks
import Testing

@Suite struct ConcurrentlyTests {
    @Test(arguments: [1, 2, 64], [0, 1, 2, 100])
    func theValuesComeInTheOrderOfTheElements(threadCount: Int, count: Int) {
        let elements = Array(0..<count)
        #expect(concurrently(elements, threadCount: threadCount) { $0 * $0 } == elements.map { $0 * $0 })
    }

    @Test func eachElementIsAskedForOnce() {
        let asked = Lock<[Int]>([])
        _ = concurrently(Array(0..<50), threadCount: 2) { element in asked.withLock { $0.append(element) } }
        #expect(asked.withLock { $0.sorted() } == Array(0..<50))
    }
}
