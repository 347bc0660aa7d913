internal import WorkQueue

extension Configuration {
    /// Every key of the file, in its order.
    ///
    /// Reading, writing, environment, reload and `conf/glenoid.yaml` all follow this table.
    package static let keys: [ConfigurationKey<Configuration>] =
        dicomKeys + storageKeys + workKeys + routingKeys + reportingKeys

    /// Parts that the design knows and this version has not, by the key that would configure them.
    package static let notBuilt: [String: String] = [
        "http": "the status page", "metrics": "the metrics end point", "tls": "TLS", "dicom.tls": "TLS",
        "stow": "STOW-RS", "tracing": "tracing",
    ]

    private static let dicomKeys: [ConfigurationKey<Configuration>] = [
        ConfigurationKey(
            "dicom.aeTitle", \.dicom.aeTitle, .aeTitle, .restart,
            "How this node is called. An association that calls another title is rejected."),
        ConfigurationKey(
            "dicom.port", \.dicom.port, .wholeNumber(0...65535), .restart,
            "TCP port to listen on. 0: any free one, which the log names."),
        ConfigurationKey(
            "dicom.bind", \.dicom.bind, .localAddress, .restart,
            "Address of this machine to listen on."),
        ConfigurationKey(
            "dicom.callers", \.dicom.callers, .callers, .live,
            "Who may send. An association from anybody else is rejected. Empty: anyone who reaches the port may."
        ),
        ConfigurationKey(
            "dicom.maximumAssociations", \.dicom.maximumAssociations, .wholeNumber(1...512), .restart,
            "Associations open at once. One more is rejected with \"local limit exceeded\", and the peer tries later."
        ),
        ConfigurationKey(
            "dicom.maximumPDU", \.dicom.maximumPDU, .wholeNumber(4096...131_072, unit: "bytes"), .restart,
            "Largest PDU that peers may send. Larger ones make receiving faster."),
        ConfigurationKey(
            "dicom.maximumInstanceSize", \.dicom.maximumInstanceSize, .size(1_000_000...1_000_000_000_000),
            .restart,
            "Largest instance that is kept. A longer one is refused with 0xA700 while it arrives."),
        ConfigurationKey(
            "dicom.negotiationTimeout", \.dicom.negotiationTimeout, .duration(.seconds(1) ... .seconds(600)),
            .restart,
            "From a TCP connection to its association request. Then the connection is closed."),
        ConfigurationKey(
            "dicom.messageTimeout", \.dicom.messageTimeout, .duration(.seconds(1) ... .seconds(3600)),
            .restart,
            "Longest silence in the middle of a message. Then the association is aborted."),
        ConfigurationKey(
            "dicom.idleTimeout", \.dicom.idleTimeout, .duration(.seconds(1) ... .seconds(86400)), .restart,
            "Longest silence between two messages. Then the association is aborted and its place is free."),
        ConfigurationKey(
            "dicom.drainTimeout", \.dicom.drainTimeout, .duration(.seconds(0) ... .seconds(600)), .live,
            "What open associations get to finish when the daemon stops. Keep it below TimeoutStopSec of the unit."
        ),
    ]

    private static let storageKeys: [ConfigurationKey<Configuration>] = [
        ConfigurationKey(
            "spool.folder", \.spool.folder, .folder, .restart,
            "Folder of received instances; on a disk of its own if possible. It must belong to the daemon's user."
        ),
        ConfigurationKey(
            "spool.reserve", \.spool.reserve, .size(0...1_000_000_000_000_000), .live,
            "Free space on that disk below which stores are refused with 0xA700 (out of resources)."),
        ConfigurationKey(
            "spool.purgeBelow", \.spool.purgeBelow, .size(0...1_000_000_000_000_000), .live,
            """
            Free space on that disk below which finished work is purged before its time, oldest first. \
            Unfinished work never is. Values below spool.reserve count as spool.reserve.
            """),
        ConfigurationKey(
            "spool.keepFor", \.spool.keepFor, .duration(.seconds(0) ... .seconds(3650 * 86400)), .live,
            """
            How long a study stays, files and history, after everything about it is finished. Less where the disk \
            (spool.purgeBelow) or the queue (at some 250,000 images) fills up.
            """),
        ConfigurationKey(
            "queue.url", \.queue.databasePath, .queueURL, .restart,
            "Database of all work in progress. On a local disk, never on NFS. Back it up together with spool.folder."
        ),
    ]

    private static let workKeys: [ConfigurationKey<Configuration>] = [
        ConfigurationKey(
            "study.settle", \.study.settle, .duration(.seconds(0) ... .seconds(3600)), .live,
            """
            After the study's last instance, once no association that brought one of it is open. 0s: as soon as \
            everything received so far is classified, whoever is still connected.
            """
        ),
        ConfigurationKey(
            "study.idle", \.study.idle, .duration(.seconds(0) ... .seconds(86400)), .live,
            "After the study's last instance, even while such an association stays open. At least study.settle counts."
        ),
        ConfigurationKey(
            "study.maximumAge", \.study.maximumAge, .duration(.seconds(0) ... .seconds(7 * 86400)), .live,
            "After the study's first unreported instance, whatever else happens."),
        ConfigurationKey(
            "classification.workers", \.classification.workers, .wholeNumber(1...64), .restart,
            "Workers that each decode, prepare and classify. More of them help when decoding is the slow part."
        ),
        ConfigurationKey(
            "classification.threads", \.classification.threads, .wholeNumber(0...64), .restart,
            "Threads of one inference. 0: one per core."),
        ConfigurationKey(
            "classification.batch", \.classification.batch, .wholeNumber(1...64, unit: "images"), .restart,
            "Most images in one inference. A worker takes what is waiting and never waits for more."),
        ConfigurationKey(
            "classification.attempts", \.classification.attempts, .wholeNumber(1...100), .restart,
            "How often an image is tried when something around it fails. Then it is a dead letter with its reason."
        ),
    ]

    private static let routingKeys: [ConfigurationKey<Configuration>] = [
        ConfigurationKey(
            "models", \.models,
            ConfigurationForm<ModelSettings>.item(
                ModelSettings.keys, refused: ModelSettings.notBuilt, { ModelSettings() }
            ).list("list of models, each a mapping with bundle, accept and destinations"), .restart,
            "Models in use. Each looks at every instance it accepts, and reports once per study."),
        ConfigurationKey(
            "destinations", \.destinations, .destinations, .live,
            "Where reports go, by a name of your choice. Each has its own queue: one that is down delays no other."
        ),
    ]

    private static let reportingKeys: [ConfigurationKey<Configuration>] = [
        ConfigurationKey(
            "log.level", \.log.level, .choice, .live,
            "Least severe message that is written. No level writes patient data."),
        ConfigurationKey(
            "log.format", \.log.format, .choice, .restart,
            "text: one readable line; json: one JSON object a line. Both go to standard error."),
        ConfigurationKey(
            "installation.name", \.installation.name, .text(1...64), .restart,
            "Device Observer Name (121013, DCM) of reports."),
        ConfigurationKey(
            "installation.serialNumber", \.installation.serialNumber, .text(1...64), .restart,
            """
            Device Observer Serial Number (121016, DCM) and Device Serial Number (0018,1000) of reports. It decides \
            the Device Observer UID: give each installation its own, and keep it.
            """),
    ]
}
