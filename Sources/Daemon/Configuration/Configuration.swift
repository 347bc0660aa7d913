package import Classification
package import Dicom
package import WorkQueue

/// Everything an operator decides about a node, checked and ready to use.
///
/// A value: services take the part they need when they start, and a reload hands them a new one. The defaults are
/// those of `conf/glenoid.yaml` (a test compares them); the keys, their ranges and their effects stand in
/// `Configuration+Keys.swift`.
package struct Configuration: Sendable, Equatable {
    /// The DICOM listener.
    package var dicom = DicomSettings()
    /// The folder that holds received instances.
    package var spool = SpoolSettings()
    /// The database that holds the state of all work.
    package var queue = DatabaseSettings()
    /// When a study is complete enough to be reported.
    package var study = StudyTiming()
    /// How images are classified.
    package var classification = ClassificationSettings()
    /// The models in use; with none, every instance is recorded as skipped.
    package var models: [ModelSettings] = []
    /// Where reports go, by name.
    package var destinations: [String: DestinationSettings] = [:]
    /// What is logged.
    package var log = LogSettings()
    /// How reports name this installation.
    package var installation = InstallationSettings()

    /// Creates the configuration of an empty file.
    package init() {}

    /// The names of the destinations that get the reports of a model, sorted.
    ///
    /// A model that names none explicitly reports to all of them.
    package func destinationNames(of model: ModelSettings) -> [String] {
        (model.destinations ?? Array(destinations.keys)).sorted()
    }

    /// The title this node calls itself by when it delivers to a destination.
    package func callingAETitle(for destination: DestinationSettings) -> String {
        destination.callingAETitle ?? dicom.aeTitle
    }
}

/// The DICOM listener: who may send what, and how long anything may take.
package struct DicomSettings: Sendable, Equatable {
    /// Application Entity title of this node; associations that call another title are rejected.
    package var aeTitle = "GLENOID"
    /// TCP port; 0: any free one, which the log names.
    package var port = 11112
    /// Local address to listen on.
    package var bind = "0.0.0.0"
    /// Who may open an association; empty: anyone.
    package var callers: [Caller] = []
    /// Associations open at once; one more is rejected with "local limit exceeded".
    package var maximumAssociations = 16
    /// Largest PDU that this node receives, in bytes.
    package var maximumPDU = 131_072
    /// Largest instance that is kept, in bytes; a longer one is refused while it arrives.
    package var maximumInstanceSize: Int64 = 2_000_000_000
    /// From the TCP connection to the end of the association negotiation.
    package var negotiationTimeout: Duration = .seconds(30)
    /// Between two pieces of one message.
    package var messageTimeout: Duration = .seconds(60)
    /// Between two messages on an open association.
    package var idleTimeout: Duration = .seconds(120)
    /// What open associations get to finish when the daemon stops.
    package var drainTimeout: Duration = .seconds(30)

    /// Creates the defaults.
    package init() {}

    /// Whether this caller may open an association from this address.
    package func admits(callingAETitle: String, address: String) -> Bool {
        callers.isEmpty || callers.contains { $0.admits(callingAETitle: callingAETitle, address: address) }
    }
}

/// The folder that holds received instances, and when it is emptied.
package struct SpoolSettings: Sendable, Equatable {
    /// Absolute path of the folder.
    package var folder = "/var/lib/glenoid/spool"
    /// Free bytes on its disk below which stores are refused with 0xA700.
    package var reserve: Int64 = 2_000_000_000
    /// Free bytes on its disk below which finished work is purged before its time.
    package var purgeBelow: Int64 = 4_000_000_000
    /// How long a study stays, files and history, after everything about it is finished.
    package var keepFor: Duration = .seconds(24 * 3600)

    /// Free bytes below which finished work really is purged: never later than stores are refused.
    package var purgeThreshold: Int64 { max(purgeBelow, reserve) }

    /// Creates the defaults.
    package init() {}
}

/// The database that holds the state of all work.
package struct DatabaseSettings: Sendable, Equatable {
    /// Absolute path of the SQLite file (from `sqlite:///path`).
    package var databasePath = "/var/lib/glenoid/queue.sqlite"
    /// Creates the defaults.
    package init() {}
}

/// How images are classified.
package struct ClassificationSettings: Sendable, Equatable {
    /// Workers that each decode, prepare and classify.
    package var workers = 1
    /// Threads of one inference; 0: one per core.
    package var threads = 0
    /// Most images in one inference; a worker takes what is waiting and never waits for more.
    package var batch = 8
    /// Times an image is tried before it becomes a dead letter.
    package var attempts = 20

    /// Creates the defaults.
    package init() {}
}

/// One model, what it looks at, and where its reports go.
package struct ModelSettings: Sendable, Equatable {
    /// Absolute path of the bundle's folder.
    package var bundle = ""
    /// What replaces the bundle's own rules of acceptance.
    package var accept = AcceptSettings()
    /// Names of destinations; nil: all of them.
    package var destinations: [String]?

    /// Creates an entry without a bundle.
    package init() {}
}

/// What replaces a bundle's own rules of acceptance; each nil keeps the bundle's.
package struct AcceptSettings: Sendable, Equatable {
    /// Values of Modality (0008,0060).
    package var modality: [String]?
    /// Values of Body Part Examined (0018,0015).
    package var bodyPart: [String]?

    /// Creates the bundle's own rules.
    package init() {}

    /// The rules in force for a bundle that has these.
    package func replacing(_ bundleRules: Acceptance) -> Acceptance {
        Acceptance(modality: modality ?? bundleRules.modality, bodyPart: bodyPart ?? bundleRules.bodyPart)
    }
}

/// One destination of reports: a C-STORE SCP.
package struct DestinationSettings: Sendable, Equatable {
    /// Its Application Entity title.
    package var aeTitle = ""
    /// Its name or address.
    package var host = ""
    /// Its TCP port.
    package var port = 104
    /// The title this node calls itself by; nil: `dicom.aeTitle`.
    package var callingAETitle: String?
    /// Up to an established TCP connection and association.
    package var connectTimeout: Duration = .seconds(10)
    /// Between a message sent and its answer.
    package var responseTimeout: Duration = .seconds(60)
    /// How long an association is kept open with nothing to send.
    package var idleTimeout: Duration = .milliseconds(250)
    /// Kinds of report offered, best first; the first that the destination accepts is sent.
    package var documents: [SRClass] = SRClass.allCases
    /// Whether a picture of where the network looked goes with each report.
    package var heatmap = false
    /// How failed deliveries are repeated.
    package var retry = RetrySettings()

    /// Creates a destination without an address.
    package init() {}
}

/// How failed deliveries are repeated: the wait doubles from first to maximum, with jitter.
package struct RetrySettings: Sendable, Equatable {
    /// Before the second attempt.
    package var first: Duration = .seconds(1)
    /// Longest wait between two attempts.
    package var maximum: Duration = .seconds(60)
    /// From the first attempt to the dead letter.
    package var giveUpAfter: Duration = .seconds(72 * 3600)

    /// Creates the defaults.
    package init() {}
}

/// What is logged, to standard error.
package struct LogSettings: Sendable, Equatable {
    /// Least severe level that is written.
    package var level: LogLevel = .info
    /// How a line looks.
    package var format: LogFormat = .text

    /// Creates the defaults.
    package init() {}
}

/// Severity of a log message, in swift-log's words.
package enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

/// How a log line looks.
package enum LogFormat: String, Sendable, CaseIterable {
    /// One readable line, with the journal's priority prefix under systemd.
    case text
    /// One JSON object a line.
    case json
}

/// How reports name this installation (TID 1004, device observer).
package struct InstallationSettings: Sendable, Equatable {
    /// Device Observer Name (121013, DCM).
    package var name = "GLENOID"
    /// Device Observer Serial Number (121016, DCM) and Device Serial Number (0018,1000).
    package var serialNumber = "1"

    /// Creates the defaults.
    package init() {}
}
