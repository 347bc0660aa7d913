import Daemon
import Testing

@Suite struct ConfigurationProblemTests {
    @Test(
        arguments: [
            ("dicom: {aeTitle: \"\"}", "dicom.aeTitle: found \"\"; allowed: AE title"),
            ("dicom: {aeTitle: SEVENTEEN_LETTERS}", "allowed: AE title of 1 to 16"),
            ("dicom: {aeTitle: 'A\\B'}", "allowed: AE title"),
            ("dicom: {aeTitle: ' A'}", "allowed: AE title"),
            ("dicom: {aeTitle: ÄRZTE}", "allowed: AE title"),
            ("dicom: {aeTitle: ~}", "dicom.aeTitle: found nothing"),
            ("dicom: {aeTitle: [A]}", "dicom.aeTitle: found a list"),
            ("dicom: {port: 65536}", "dicom.port: found \"65536\"; allowed: whole number from 0 to 65535"),
            ("dicom: {port: -1}", "from 0 to 65535"),
            ("dicom: {port: 1e3}", "from 0 to 65535"),
            ("dicom: {port: eleven}", "found \"eleven\""),
            ("dicom: {port: 99999999999999999999}", "from 0 to 65535"),
            ("dicom: {bind: localhost}", "dicom.bind: found \"localhost\""),
            ("dicom: {bind: 10.0.0.0/8}", "allowed: local IPv4 or IPv6 address"),
            ("dicom: {maximumPDU: 131073}", "from 4096 to 131072"),
            ("dicom: {maximumInstanceSize: 2XB}", "allowed: size from 1MB to 1TB"),
            ("dicom: {maximumInstanceSize: GB}", "allowed: size"),
            ("dicom: {idleTimeout: 30}", "found \"30\"; allowed: duration from 1s to 24h"),
            ("dicom: {idleTimeout: 1 fortnight}", "allowed: duration"),
            ("dicom: {idleTimeout: -1s}", "allowed: duration"),
            ("dicom: {callers: PACS}", "dicom.callers: found \"PACS\"; allowed: list of callers"),
            ("dicom: {callers: [[A]]}", "dicom.callers[0]: found a list"),
            ("dicom: {callers: [{address: 10.0.0.0/8}]}", "dicom.callers[0].aeTitle: is missing"),
            ("dicom: {callers: [{aeTitle: A, address: 10.0.0.0/33}]}", "dicom.callers[0].address: found"),
            ("dicom: {callers: [{aeTitle: A, adress: 10.0.0.1}]}", "did you mean dicom.callers[0].address?"),
            ("dicom: {callers: [A, A]}", "dicom.callers[1]: stands in the list already"),
            ("dicom: 5", "dicom: found \"5\"; allowed: mapping with aeTitle, port"),
            ("spool: {folder: ''}", "spool.folder: found \"\""),
            ("queue: {url: /var/lib/queue}", "allowed: sqlite:///absolute/path"),
            ("queue: {url: sqlite://queue.sqlite}", "allowed: sqlite:///absolute/path"),
            ("queue: {url: sqlite:///}", "allowed: sqlite:///absolute/path"),
            ("log: {level: loud}", "allowed: one of trace, debug, info"),
            ("installation: {name: \"a\\tb\"}", "allowed: text of 1 to 64"),
            ("installation: {name: \"\"}", "allowed: text of 1 to 64"),
        ]) func valueThatIsNotAllowedIsNamedWithWhatIs(yaml: String, message: String)
    {
        let found = problems(yaml)
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
        #expect(found.first?.hasPrefix("glenoid.yaml:1: ") == true, "\(found)")
    }

    @Test(
        arguments: [
            ("dicom: {prot: 104}", "dicom.prot: unknown key; did you mean dicom.port?"),
            ("dicom: {aetitle: A}", "did you mean dicom.aeTitle?"),
            ("port: 104", "port: unknown key; did you mean dicom.port?"),
            ("dicmo: {port: 104}", "did you mean dicom?"),
            ("study: {settel: 1s}", "did you mean study.settle?"),
            ("something: 1", "something: unknown key"),
            ("\"\": 1", "unknown key"),
            ("5: 1", "5: unknown key"),
        ]) func unknownKeyIsRefusedWithWhatWasMeant(yaml: String, message: String)
    {
        let found = problems(yaml)
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test(
        arguments: [
            ("http: {port: 8080}", "http: the status page is not built yet"),
            ("dicom: {tls: {}}", "dicom.tls: TLS is not built yet"),
            (
                "queue: {url: 'postgresql://me:secret@db/glenoid'}",
                "queue.url: a PostgreSQL queue is not built yet"
            ),
            (
                "destinations: {pacs: {aeTitle: A, host: b, tls: {}}}",
                "destinations.pacs.tls: TLS is not built yet"
            ),
            ("models: [{bundle: b, stow: true}]", "models[0].stow: STOW-RS is not built yet"),
        ]) func partThatIsNotBuiltIsRefusedAsSuch(yaml: String, message: String)
    {
        let found = problems(yaml)
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
        #expect(!found.joined().contains("secret"))
    }

    @Test func passwordOfAnotherDatabaseIsNotRepeated() {
        #expect(!problems("queue: {url: 'mysql://me:secret@db/glenoid'}").joined().contains("secret"))
    }

    @Test(
        arguments: [
            ("dicom:\n  port: 1\n  port: 2\n", "port: stands here more than once"),
            ("dicom: {}\nstudy: {}\ndicom: {}\n", "dicom: stands here more than once"),
            ("dicom: [\n", "glenoid.yaml:"),
            ("a: b: c\n", "glenoid.yaml:1: mapping values are not allowed"),
            ("--- {}\n--- {}\n", "another document"),
            ("- a\n- b\n", "found a list; allowed: mapping with dicom"),
            ("dicom\n", "found \"dicom\"; allowed: mapping with dicom"),
            ("\t", "glenoid.yaml:1"),
        ]) func textThatIsNoConfigurationIsRefused(yaml: String, message: String)
    {
        let found = problems(yaml)
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test func everyProblemIsReportedAtOnceWithItsLine() {
        let found = problems(
            """
            dicom:
              port: x
              aetitle: A
            study:
              settle: 5
            destinations:
              pacs:
                host: h
            """)
        #expect(
            found.map { String($0.prefix { $0 != " " }) } == [
                "glenoid.yaml:2:", "glenoid.yaml:3:", "glenoid.yaml:5:", "glenoid.yaml:7:",
            ], "\(found)")
        #expect(found.last?.contains("destinations.pacs.aeTitle: is missing; needed: AE title") == true)
    }

    @Test(
        arguments: [
            ("    destinations: [pcas]", "no destination is named \"pcas\"; did you mean pacs?"),
            ("    destinations: [elsewhere]", "no destination is named \"elsewhere\"; there are pacs"),
            ("    destinations: [pacs, pacs]", "names pacs again"),
            ("  - bundle: shoulder-implant", "models[1].bundle: is the bundle of models[0] too"),
        ]) func modelThatContradictsTheRestIsRefused(line: String, message: String)
    {
        let yaml = smallest.replacing("shoulder-implant\n", with: "shoulder-implant\n\(line)\n")
        let found = problems(yaml)
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
        #expect(found.first?.hasPrefix("glenoid.yaml:3: ") == true, "\(found)")
    }

    @Test(
        arguments: [
            ("  second: {aeTitle: PACS, host: 127.0.0.1, port: 11113}", "same AE title, host and port"),
            ("  other: {aeTitle: A, host: h, documents: []}", "destinations.other.documents: is empty"),
            ("  other: {aeTitle: A, host: h, documents: [enhanced, enhanced]}", "names a kind twice"),
            (
                "  other: {aeTitle: A, host: h, retry: {first: 2m}}",
                "retry.first: is longer than retry.maximum"
            ),
            ("  'o t': {aeTitle: A, host: h}", "the name \"o t\""),
            ("  other: {aeTitle: A, host: 'a b'}", "destinations.other.host: found"),
            ("  other: {aeTitle: A, host: h, port: 0}", "from 1 to 65535"),
            ("  other: ~", "destinations.other.aeTitle: is missing"),
        ]) func destinationThatCannotWorkIsRefused(line: String, message: String)
    {
        let found = problems(smallest + line + "\n")
        #expect(found.first?.contains(message) == true, "\(found)")
        #expect(found.first?.hasPrefix("glenoid.yaml:5: ") == true, "\(found)")
    }

    @Test func bundleThatIsNowhereIsRefusedWithThePlacesLookedAt() {
        let found = problems(smallest) { _ in false }
        #expect(found.count == 1)
        #expect(found.first?.contains("/etc/glenoid/models/shoulder-implant") == true, "\(found)")
        #expect(found.first?.contains("/usr/share/glenoid/models/shoulder-implant") == true, "\(found)")
    }
}
