internal import Dicom

extension ModelSettings {
    /// Every key of an entry of `models`.
    package static let keys: [ConfigurationKey<ModelSettings>] = [
        ConfigurationKey(
            "bundle", \.bundle, .bundle, .restart, isRequired: true,
            "Folder with model.json and its weights."),
        ConfigurationKey(
            "accept.modality", \.accept.modality, codeStrings.optional("what the bundle says"), .restart,
            "Modalities (0008,0060) that the model looks at."),
        ConfigurationKey(
            "accept.bodyPart", \.accept.bodyPart, codeStrings.optional("what the bundle says"), .restart,
            """
            Body Part Examined (0018,0015) that the model looks at. An image that says nothing is looked at, \
            one that says something else is not.
            """),
        ConfigurationKey(
            "destinations", \.destinations,
            ConfigurationForm<String>.text(1...64).list("list of names of destinations").optional(
                "all of them"),
            .restart, "Where the reports of this model go. []: nowhere; they stay in the queue."),
    ]

    /// Parts of a model entry that are not built yet.
    package static let notBuilt: [String: String] = ["stow": "STOW-RS"]

    private static let codeStrings = ConfigurationForm<String>.codeString.list("list of DICOM code strings")
}

extension DestinationSettings {
    /// Every key of an entry of `destinations`.
    package static let keys: [ConfigurationKey<DestinationSettings>] = [
        ConfigurationKey(
            "aeTitle", \.aeTitle, .aeTitle, .live, isRequired: true, "Its Application Entity title."),
        ConfigurationKey(
            "host", \.host, .host, .live, isRequired: true,
            "Its name or address. A name is looked up again for every connection."),
        ConfigurationKey("port", \.port, .wholeNumber(1...65535), .live, "Its TCP port."),
        ConfigurationKey(
            "callingAETitle", \.callingAETitle, ConfigurationForm<String>.aeTitle.optional("dicom.aeTitle"),
            .live,
            "The title this node calls itself by, for PACS that know it under another one."),
        ConfigurationKey(
            "connectTimeout", \.connectTimeout, .duration(.seconds(1) ... .seconds(600)), .live,
            "Until the TCP connection and the association stand."),
        ConfigurationKey(
            "responseTimeout", \.responseTimeout, .duration(.seconds(1) ... .seconds(3600)), .live,
            "Until a report that was sent is answered. A later answer counts as failed, and the report is sent again."
        ),
        ConfigurationKey(
            "idleTimeout", \.idleTimeout, .duration(.seconds(0) ... .seconds(600)), .live,
            "How long the association stays open with nothing to send. 0s: released after every report."),
        ConfigurationKey(
            "documents", \.documents,
            ConfigurationForm<SRClass>.choice.list(
                "list of comprehensive3D, comprehensive, enhanced, basicText"), .live,
            "Kinds of Structured Report offered, best first. The first one it accepts is sent, with the same findings."
        ),
        ConfigurationKey(
            "heatmap", \.heatmap, .boolean, .live,
            """
            After each report, a Secondary Capture of every image with where the network looked, "AI, unverified" burned \
            in. A destination that refuses it still has the report.
            """),
        ConfigurationKey(
            "retry.first", \.retry.first, .duration(.milliseconds(100) ... .seconds(3600)), .live,
            "Before the second attempt. The wait doubles from attempt to attempt, with jitter."),
        ConfigurationKey(
            "retry.maximum", \.retry.maximum, .duration(.milliseconds(100) ... .seconds(86400)), .live,
            "Longest wait between two attempts."),
        ConfigurationKey(
            "retry.giveUpAfter", \.retry.giveUpAfter, .duration(.seconds(1) ... .seconds(365 * 86400)), .live,
            """
            From when the report was made, or retried by hand, to the dead letter, which glenoid queue lists and \
            retries. Refusals that no repetition can change are dead letters at once.
            """),
    ]

    /// Parts of a destination that are not built yet.
    package static let notBuilt: [String: String] = [
        "tls": "TLS", "url": "STOW-RS", "stow": "STOW-RS", "commitment": "Storage Commitment",
    ]
}

extension Caller {
    /// Every key of an entry of `dicom.callers`.
    package static let keys: [ConfigurationKey<Caller>] = [
        ConfigurationKey("aeTitle", \.aeTitle, .aeTitle, .live, isRequired: true, "Calling AE title."),
        ConfigurationKey(
            "address", \.address, ConfigurationForm<AddressRange>.addressRange.optional("any address"), .live,
            "Where it must come from."),
    ]
}
