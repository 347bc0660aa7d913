import Dispatch
import Locks

/// The values of a function, in the order of the elements, several worked out at a time.
///
/// Blocks until all are there; the caller's thread works too.
/// - Parameter threadCount: 1: one after the other; else as many at a time as there are cores.
package func concurrently<Element: Sendable, Value: Sendable>(
    _ elements: [Element], threadCount: Int, _ value: @Sendable (Element) -> Value
) -> [Value] {
    guard threadCount > 1, elements.count > 1 else { return elements.map(value) }
    let values = Lock<[Value?]>(Array(repeating: nil, count: elements.count))
    DispatchQueue.concurrentPerform(iterations: elements.count) { index in
        let result = value(elements[index])
        values.withLock { $0[index] = result }
    }
    return values.withLock { $0.compactMap { $0 } }
}
