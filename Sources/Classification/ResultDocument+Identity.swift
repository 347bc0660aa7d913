package import Dicom
internal import Foundation

/// The identifiers of a report, all derived: composing it again gives the same object.
extension ResultDocument {
    /// SOP Instance UID as Comprehensive 3D SR; `StructuredReport.sopInstanceUID(_:as:)` derives those of other classes.
    ///
    /// A hash of what the report says: sources with their digests, model, template, class, settings, installation and
    /// predecessors.
    package var sopInstanceUID: UID {
        var identity = Identity("report")
        identity.add("template", String(Self.templateVersion))
        identity.add("class", SRClass.comprehensive3D.sopClassUID.text)
        identity.add("model", descriptionDigest.hex)
        identity.add("settings", Self.canonical(settings))
        identity.add("installation", Self.canonical(installation))
        // The classes in which a predecessor was stored are left out: they say nothing about this study.
        for predecessor in predecessors { identity.add("predecessor", predecessor.sopInstanceUID.text) }
        if predecessors.isEmpty { identity.add("predecessor", "") }
        for result in results {
            identity.add("source", result.sopInstanceUID.text)
            identity.add("frames", Self.text(of: result.frameNumbers))
            identity.add("digest", result.digest)
        }
        return identity.uid
    }

    /// Series Instance UID: reports of one study, model and installation are one series, successors included.
    ///
    /// A new version of the model opens a new series, because a series comes from one device (PS3.3 C.7.5.1).
    package var seriesInstanceUID: UID { seriesIdentity.uid }

    /// Series Number: 9000 to 9999, behind those that modalities give; the same for the whole series.
    package var seriesNumber: Int {
        let digest = seriesIdentity.digest.bytes
        return 9000 + (Int(digest[16]) << 8 | Int(digest[17])) % 1000
    }

    /// Instance Number: 1 for the first report of a series, then one more than the last one's.
    package var instanceNumber: Int {
        guard let last = predecessors.last, last.seriesInstanceUID == seriesInstanceUID else { return 1 }
        return min(last.instanceNumber, Int(Int32.max) - 1) + 1
    }

    /// Device Observer UID: this version of the model at this installation, whatever the version of the program.
    package var deviceObserverUID: UID {
        var identity = Identity("device")
        identity.add("weights", model.weights.sha256.lowercased())
        identity.add("model", model.name)
        identity.add("version", model.version)
        identity.add("manufacturer", installation.manufacturer)
        identity.add("product", installation.modelName)
        identity.add("name", installation.name)
        identity.add("serial", installation.serialNumber)
        return identity.uid
    }

    /// Tracking Unique Identifier: the same finding in every report about this image by a model of this name.
    func trackingUID(of result: ImageResult) -> UID {
        var identity = Identity("tracking")
        identity.add("model", model.name)
        identity.add("finding", Self.canonical(settings.finding))
        identity.add("source", result.sopInstanceUID.text)
        identity.add("frames", Self.text(of: result.frameNumbers))
        return identity.uid
    }

    /// Series Instance UID of the captures that belong to reports of this series.
    var captureSeriesUID: UID {
        var identity = Identity("capture series")
        identity.add("series", seriesInstanceUID.text)
        return identity.uid
    }

    /// SOP Instance UID of the capture of one result.
    func captureUID(of result: ImageResult) -> UID {
        var identity = Identity("capture")
        identity.add("report", sopInstanceUID.text)
        identity.add("source", result.sopInstanceUID.text)
        identity.add("frames", Self.text(of: result.frameNumbers))
        return identity.uid
    }

    private var seriesIdentity: Identity {
        var identity = Identity("series")
        identity.add("study", studyInstanceUID.text)
        identity.add("device", deviceObserverUID.text)
        return identity
    }

    private static func text(of frameNumbers: [Int]?) -> String {
        frameNumbers.map { $0.map(String.init).joined(separator: ",") } ?? "all"
    }

    private static func canonical(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and optional strings only: there is nothing in them that JSON cannot say.
        guard let data = try? encoder.encode(value) else { preconditionFailure("settings are not JSON") }
        return String(decoding: data, as: UTF8.self)
    }
}

/// Named parts on the way to a digest.
///
/// Each part is preceded by its name and length, so no two lists of parts
/// give the same bytes.
private struct Identity {
    private var bytes: [UInt8]

    /// An identity of this kind: a report and a series made of the same parts differ.
    init(_ kind: String) { bytes = Array("glenoid \(kind)\n".utf8) }

    mutating func add(_ name: String, _ value: String) {
        bytes += Array("\(name) \(value.utf8.count) \(value)\n".utf8)
    }

    var digest: Digest { Digest(of: bytes) }

    var uid: UID { UID(derivedFrom: digest.bytes) }
}
