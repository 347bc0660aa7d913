import Daemon
import Testing

@Suite struct ConfigurationChangesTests {
    @Test func sameConfigurationHasNoChanges() throws {
        let configuration = try loaded(smallest).configuration
        #expect(configuration.changes(from: configuration).isEmpty)
    }

    @Test func changesAreSplitByWhatAReloadCanDo() throws {
        let old = try loaded(smallest).configuration
        let new = try loaded(
            smallest.replacing("11113", with: "104") + """
                  archive: {aeTitle: ARCHIVE, host: h}
                dicom: {port: 104, callers: [PACS]}
                study: {settle: 0s}
                log: {level: debug}
                spool: {folder: /srv/spool}
                """
        ).configuration
        let changes = new.changes(from: old)
        #expect(
            changes.live == [
                "dicom.callers", "study.settle", "destinations.archive", "destinations.pacs.port",
                "log.level",
            ])
        #expect(changes.restart == ["dicom.port", "spool.folder"])
    }

    @Test func runningConfigurationAdoptsOnlyWhatAReloadCanDo() throws {
        let old = try loaded(smallest).configuration
        let new = try loaded("dicom: {port: 104, callers: [PACS]}\nstudy: {settle: 0s}\n").configuration
        let running = old.adopting(new)
        #expect(running.changes(from: new).live.isEmpty)
        #expect(running.dicom.port == old.dicom.port)
        #expect(running.dicom.callers == new.dicom.callers)
        #expect(running.models == old.models)
        #expect(running.destinations.isEmpty)
    }

    @Test func removedDestinationIsAChange() throws {
        let old = try loaded(smallest).configuration
        let new = try loaded("models: [{bundle: shoulder-implant}]\n").configuration
        #expect(new.changes(from: old).live == ["destinations.pacs"])
    }
}
