import Classification
import Daemon
import Dicom
import Foundation
import Testing
import WorkQueue

@Suite struct ConfigurationLoadTests {
    @Test func emptyFileHasTheDefaults() throws {
        #expect(try loaded("").configuration == Configuration())
        #expect(try loaded("dicom:\nstudy: ~\n").configuration == Configuration())
    }

    @Test func everyKindOfValueIsRead() throws {
        let configuration = try loaded(
            """
            dicom:
              aeTitle: 0123
              port: 104
              bind: "::1"
              callers: [MODALITY, {aeTitle: PACS, address: 10.0.0.0/8}]
              maximumInstanceSize: 512MiB
              idleTimeout: 90s
            spool: {folder: spool, reserve: 1.5GB, keepFor: 0s}
            queue: {url: sqlite:///srv/glenoid/queue.sqlite}
            models:
              - bundle: /srv/bundle
                accept: {modality: [DX, CR], bodyPart: []}
                destinations: [archive]
            destinations:
              archive:
                aeTitle: ARCHIVE
                host: archive.example.org
                callingAETitle: GLENOID2
                documents: [basicText]
                retry: {first: 500ms, maximum: 1h, giveUpAfter: 7d}
            log: {level: debug, format: json}
            installation: {name: "Klinik: Süd"}
            """
        ).configuration
        #expect(configuration.dicom.aeTitle == "0123")
        #expect(configuration.dicom.port == 104)
        #expect(configuration.dicom.bind == "::1")
        #expect(
            configuration.dicom.callers == [
                Caller(aeTitle: "MODALITY"), Caller(aeTitle: "PACS", address: AddressRange("10.0.0.0/8")),
            ])
        #expect(configuration.dicom.maximumInstanceSize == 512 << 20)
        #expect(configuration.dicom.idleTimeout == .seconds(90))
        #expect(configuration.spool.folder == "/etc/glenoid/spool")
        #expect(configuration.spool.reserve == 1_500_000_000)
        #expect(configuration.spool.keepFor == .zero)
        #expect(configuration.queue.databasePath == "/srv/glenoid/queue.sqlite")
        let model = try #require(configuration.models.first)
        #expect(model.bundle == "/srv/bundle")
        #expect(model.accept.modality == ["DX", "CR"])
        #expect(model.accept.bodyPart == [])
        #expect(configuration.destinationNames(of: model) == ["archive"])
        let archive = try #require(configuration.destinations["archive"])
        #expect(archive.port == 104)
        #expect(configuration.callingAETitle(for: archive) == "GLENOID2")
        #expect(archive.documents == [.basicText])
        #expect(archive.retry.first == .milliseconds(500))
        #expect(archive.retry.giveUpAfter == .seconds(7 * 86400))
        #expect(configuration.log.level == .debug)
        #expect(configuration.log.format == .json)
        #expect(configuration.installation.name == "Klinik: Süd")
    }

    @Test func modelWithoutDestinationsReportsToAll() throws {
        let configuration = try loaded(
            smallest + "  archive: {aeTitle: ARCHIVE, host: archive}\n"
        ).configuration
        #expect(configuration.destinationNames(of: configuration.models[0]) == ["archive", "pacs"])
    }

    @Test func bundlesRulesAreReplacedOneByOne() {
        var accept = AcceptSettings()
        let rules = Acceptance(modality: ["DX"], bodyPart: ["SHOULDER"])
        #expect(accept.replacing(rules) == rules)
        accept.modality = ["CR"]
        accept.bodyPart = []
        #expect(accept.replacing(rules) == Acceptance(modality: ["CR"], bodyPart: []))
    }

    @Test func whatIsPrintedReadsBackTheSame() throws {
        let first = try loaded(
            """
            dicom: {aeTitle: "A B", bind: "::", callers: [X, {aeTitle: "Y Z", address: "fd00::/8"}]}
            models: [{bundle: /srv/a b, destinations: []}]
            destinations: {pacs: {aeTitle: PACS, host: h, retry: {maximum: 90s}}}
            installation: {name: "a\\"b\\\\c: #", serialNumber: "~"}
            """)
        let second = try loaded(first.text)
        #expect(first.configuration == second.configuration, "\(first.text)")
    }

    @Test func eachValueSaysWhereItCameFrom() throws {
        let loaded = try loaded(
            smallest + "dicom:\n  port: 104\n", environment: ["GLENOID_DICOM_AE_TITLE": "ENV"],
            set: ["study.settle=0s"])
        #expect(loaded.origin(of: "dicom.port") == .file("glenoid.yaml", line: 6))
        #expect(loaded.origin(of: "dicom.aeTitle") == .environment("GLENOID_DICOM_AE_TITLE"))
        #expect(loaded.origin(of: "study.settle") == .commandLine)
        #expect(loaded.origin(of: "dicom.bind") == .default)
        #expect(loaded.origin(of: "destinations.pacs.host") == .file("glenoid.yaml", line: 4))
        #expect(loaded.text.contains("port: 104"))
        #expect(loaded.text.contains("# environment GLENOID_DICOM_AE_TITLE"))
    }

    @Test func fileOnDiskIsRead() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "glenoid.yaml")
        try Data("spool: {folder: spool}\n".utf8).write(to: file)
        let loaded = try Configuration.load(path: file.path)
        #expect(loaded.configuration.spool.folder == folder.appending(path: "spool").path)
    }

    @Test(arguments: ["nothing", "folder", "long", "latin1"]) func fileThatIsNoneIsRefused(kind: String)
        throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "glenoid.yaml")
        switch kind {
        case "folder": try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
        case "long": try Data(repeating: UInt8(ascii: "#"), count: 1_100_000).write(to: file)
        case "latin1": try Data([0x61, 0x3A, 0x20, 0xFC, 0x0A]).write(to: file)
        default: break
        }
        #expect(throws: ConfigurationError.self) { try Configuration.load(path: file.path) }
    }

    @Test func oddConfigurationsAreUsedWithAWarning() throws {
        #expect(try loaded("").warnings.count == 2)
        #expect(try loaded(smallest).warnings.isEmpty)
        #expect(try loaded(smallest + "study: {settle: 1m}\n").warnings.count == 1)
        let unused = smallest.replacing("shoulder-implant", with: "shoulder-implant\n    destinations: []")
        #expect(try loaded(unused).warnings == ["destinations.pacs: no model reports to it"])
    }
}
