import WorkQueue

/// Ends of claims that the queue could not take down yet, because its disk was full or failing.
///
/// Without them the work would wait for its lease to run out, minutes after the disk works again, and would then be done
/// a second time. Confined to its lane's thread. What is in here when the process dies is done again: nothing is lost.
final class UnsavedEnds {
    private var ends: [() throws(WorkQueueError) -> Void] = []

    /// Ends a claim now; if the queue fails for now, the next call of ``save()`` tries again.
    func end(_ body: @escaping () throws(WorkQueueError) -> Void) throws(WorkQueueError) {
        add(body)
        try save()
    }

    /// Ends a claim with the next call of ``save()``: of several, the last must not be forgotten when the first fails.
    func add(_ body: @escaping () throws(WorkQueueError) -> Void) { ends.append(body) }

    /// Tries again what failed before, in order.
    ///
    /// - Throws: what the queue throws; an end that can never be taken down (somebody else has the work) is dropped.
    func save() throws(WorkQueueError) {
        while let end = ends.first {
            do throws(WorkQueueError) {
                try end()
            } catch {
                if !error.isTransient { ends.removeFirst() }
                throw error
            }
            ends.removeFirst()
        }
    }
}
