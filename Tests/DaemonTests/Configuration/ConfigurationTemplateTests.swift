import Daemon
import Foundation
import Testing

@Suite struct ConfigurationTemplateTests {
    private var file: String {
        get throws {
            try String(contentsOf: checkout.appending(path: "conf/glenoid.yaml"), encoding: .utf8)
        }
    }

    @Test func shippedFileIsTheOneTheKeysDescribe() throws {
        let written = ConfigurationTemplate.text()
        #expect(
            try file == written,
            "conf/glenoid.yaml is out of date: write it anew with 'glenoid check --defaults > conf/glenoid.yaml'"
        )
    }

    @Test func shippedFileHoldsTheDefaults() throws {
        var expected = Configuration()
        var model = ModelSettings()
        model.bundle = "/etc/glenoid/models/shoulder-implant"
        expected.models = [model]
        expected.destinations = ["pacs": ConfigurationTemplate.exampleDestination]
        let loaded = try loaded(file)
        #expect(loaded.configuration == expected)
        #expect(loaded.warnings.isEmpty)
    }

    @Test func shippedFileNamesEveryKey() throws {
        let origins = try loaded(file).origins
        let keys =
            Configuration.keys.map(\.name).filter { $0 != "models" && $0 != "destinations" }
            + ModelSettings.keys.map { "models[0].\($0.name)" }
            + DestinationSettings.keys.map { "destinations.pacs.\($0.name)" }
        for key in keys {
            #expect(origins[key] != nil, "\(key) is missing in conf/glenoid.yaml")
        }
    }

    @Test func everyKeyIsExplained() {
        let effects =
            Configuration.keys.map { ($0.name, $0.effect, $0.allowed) }
            + ModelSettings.keys.map { ($0.name, $0.effect, $0.allowed) }
            + DestinationSettings.keys.map { ($0.name, $0.effect, $0.allowed) }
            + Caller.keys.map { ($0.name, $0.effect, $0.allowed) }
        for (name, effect, allowed) in effects {
            #expect(effect.hasSuffix(".") && effect.count > 10, "\(name) does not say what it does")
            #expect(!allowed.isEmpty && !allowed.hasSuffix("."), "\(name) does not say what is allowed")
        }
    }
}
