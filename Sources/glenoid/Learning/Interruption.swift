// Ctrl-C and SIGTERM as a question that long work asks between two steps.
import Foundation
import Synchronization

/// Set by the handler: an atomic store is all that a handler does.
private let wasAsked = Atomic<Bool>(false)

/// Whether this process was asked to stop. The second Ctrl-C ends it at once, as without this.
struct Interruption {
    init() {
        // Touched before a handler can be: a global is made at its first use, which is no work for a handler.
        wasAsked.store(false, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                wasAsked.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
    }

    /// Whether a signal came.
    var isAsked: Bool { wasAsked.load(ordering: .relaxed) }
}
