/// How a queue behaves; fixed while it is open.
package struct QueueSettings: Equatable, Sendable {
    /// The name of this node; leases carry it, and a start takes back those of its former self.
    ///
    /// Two processes that work on one queue at the same time need two names.
    package var node: String
    /// How often the classification of an instance may fail.
    ///
    /// Vanished workers are bounded tighter than wishes to retry: an image that kills the process takes
    /// everybody's work down with it.
    package var instanceLimits = WorkLimits(attemptsMaximum: 20, abandonmentsMaximum: 5)
    /// How often composing a report may fail.
    ///
    /// Only the world lets it fail more than once: a full disk, above all, which may stay full for days. With the
    /// worker's growing pauses of up to ten minutes this is a week.
    package var reportLimits = WorkLimits(attemptsMaximum: 1000, abandonmentsMaximum: 5)
    /// How often a delivery may fail.
    ///
    /// A destination that is down for days loses nothing: the worker decides by age. A worker that vanishes is more
    /// likely restarted than killed, often along with images that kill it; but a heat map is drawn from an image, too.
    package var deliveryLimits = WorkLimits(attemptsMaximum: nil, abandonmentsMaximum: 30)
    /// How long a call waits for another process that has the queue locked.
    package var busyTimeout = Duration.seconds(5)
    /// The largest the database may become, in bytes: a queue that nobody empties must not eat the disk on which it
    /// lives. Beyond it, calls throw ``WorkQueueError/full`` as they do on a full disk.
    package var databaseBytesMax: Int64 = 8 << 30
    /// How much of it may be used when a new image is kept: a tenth, since what was kept must be finished. An image that
    /// waits takes half a kilobyte, and in the end, with one model and two destinations, three.
    package var databaseBytesForNew: Int64 { databaseBytesMax / 10 }
    /// The furthest into the future that anything may honestly be put off; later times found at start were
    /// written by a clock that was wrong.
    package var deferralMax = Duration.seconds(86_400)

    /// The settings of a node.
    package init(node: String) {
        self.node = node
    }

    /// The limits for a kind of work.
    package func limits(for kind: WorkID.Kind) -> WorkLimits {
        switch kind {
        case .instance: instanceLimits
        case .report: reportLimits
        case .delivery: deliveryLimits
        }
    }
}
