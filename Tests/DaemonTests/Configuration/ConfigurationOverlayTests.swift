import Daemon
import Testing
import WorkQueue

@Suite struct ConfigurationOverlayTests {
    @Test(
        arguments: [
            ("dicom.port", "GLENOID_DICOM_PORT"), ("dicom.aeTitle", "GLENOID_DICOM_AE_TITLE"),
            ("dicom.maximumPDU", "GLENOID_DICOM_MAXIMUM_PDU"), ("spool.keepFor", "GLENOID_SPOOL_KEEP_FOR"),
            ("destinations.my-pacs.callingAETitle", "GLENOID_DESTINATIONS_MY_PACS_CALLING_AETITLE"),
        ]) func variableIsNamedAfterItsKey(key: String, name: String)
    {
        #expect(ConfigurationOverlay.variable(for: key) == name)
    }

    @Test func commandLineWinsOverEnvironmentOverFile() throws {
        let file = "dicom: {port: 1}\n"
        let environment = ["GLENOID_DICOM_PORT": "2"]
        #expect(try loaded(file).configuration.dicom.port == 1)
        #expect(try loaded(file, environment: environment).configuration.dicom.port == 2)
        #expect(
            try loaded(file, environment: environment, set: ["dicom.port=3"]).configuration.dicom.port == 3)
        #expect(try loaded(file, set: ["dicom.port=3", "dicom.port=4"]).configuration.dicom.port == 4)
    }

    @Test func underscoresInAVariableDoNotCount() throws {
        #expect(
            try loaded("", environment: ["GLENOID_DICOM_AETITLE": "A"]).configuration.dicom.aeTitle == "A")
        #expect(
            try loaded("", environment: ["GLENOID_STUDY_MAXIMUMAGE": "1h"]).configuration.study.maximumAge
                == .seconds(3600))
        let both = problems("", environment: ["GLENOID_DICOM_AETITLE": "A", "GLENOID_DICOM_AE_TITLE": "B"])
        #expect(both.first?.contains("is set by GLENOID_DICOM_AETITLE too") == true, "\(both)")
    }

    @Test func destinationsCanBeSetToo() throws {
        let loaded = try loaded(
            smallest, environment: ["GLENOID_DESTINATIONS_PACS_HOST": "pacs.example.org"],
            set: ["destinations.pacs.retry.first=2s"])
        #expect(loaded.configuration.destinations["pacs"]?.host == "pacs.example.org")
        #expect(loaded.configuration.destinations["pacs"]?.retry.first == .seconds(2))
    }

    @Test(
        arguments: [
            ("GLENOID_DICOM_PROT", "unknown key; did you mean GLENOID_DICOM_PORT?"),
            ("GLENOID_STUDY_SOMETHING_ELSE", "unknown key"),
            ("GLENOID_DICOM_CALLERS", "dicom.callers: has several values; set it in the file"),
            ("GLENOID_DESTINATIONS_ARCHIVE_HOST", "unknown key"),
            ("GLENOID_HTTP_PORT", "http: the status page is not built yet"),
            ("GLENOID_DICOM_TLS_KEY", "TLS is not built yet"),
            ("GLENOID_DICOM_PORT", "environment GLENOID_DICOM_PORT: dicom.port: found \"x\""),
        ]) func variableThatMeansNothingIsRefused(name: String, message: String)
    {
        let found = problems(smallest, environment: [name: "x"])
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test func variablesOfOtherThingsAreLeftAlone() throws {
        var environment = ["PATH": "/bin", "DICOM_PORT": "x", "GLENOID_FAULT_KEEP": "2"]
        for name in ConfigurationOverlay.reserved { environment[name] = "x" }
        #expect(try loaded(smallest, environment: environment).warnings.isEmpty)
    }

    @Test func variableWithOurPrefixThatNobodyKnowsIsAWarning() throws {
        let warnings = try loaded(smallest, environment: ["GLENOID_COLOUR": "red"]).warnings
        #expect(warnings == ["environment GLENOID_COLOUR: no such key"])
    }

    @Test(
        arguments: [
            ("dicom.prot=1", "command line: dicom.prot: unknown key; did you mean dicom.port?"),
            ("dicom.callers=A", "command line: dicom.callers: has several values"),
            ("dicom.tls=1", "command line: dicom.tls: TLS is not built yet"),
            ("dicom.port=", "command line: dicom.port: found \"\""),
            ("destinations.archive.host=h", "command line: destinations.archive.host: unknown key"),
        ]) func overrideThatMeansNothingIsRefused(text: String, message: String)
    {
        let found = problems(smallest, set: [text])
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test func overrideNeedsAKeyAndAValue() {
        #expect(ConfigurationOverride("dicom.port") == nil)
        #expect(ConfigurationOverride("=1") == nil)
        #expect(ConfigurationOverride("installation.name=a=b")?.value == "a=b")
    }

    @Test func overrideOfABrokenSectionLeavesTheErrorOfTheFile() {
        let found = problems("dicom: 5\n", environment: ["GLENOID_DICOM_PORT": "104"])
        #expect(found.count == 1)
        #expect(found.first?.contains("dicom: found \"5\"") == true, "\(found)")
    }
}
