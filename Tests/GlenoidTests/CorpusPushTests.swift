// Malformed files of other makers at the running daemon.
import Foundation
import TestMaterial
import Testing

@Suite("Corpus at the daemon", .serialized)
struct CorpusPushTests {
    private static let absence: Comment =
        "THE CORPUS IS ABSENT: no malformed file is pushed at the daemon. Set GLENOID_CORPUS to its folder."

    /// Whatever lies under `malformed`, and whatever no decoder takes or is no image.
    private static func files(of corpus: Corpus) -> [String] {
        corpus.manifest.filter { row in
            row["path"]?.hasPrefix("malformed/") == true || row["expect"]?.hasPrefix("decode") == false
        }.compactMap { $0["path"] }
    }

    @Test(
        "every malformed or refused file, sent as it is, is answered, and what was acknowledged is accounted for",
        .enabled(if: Corpus.shared != nil, absence))
    func malformedFiles() throws {
        let corpus = try #require(Corpus.shared)
        let hospital = try Hospital(bundle: try Fixtures.quickBundle(in: Fixtures.temporaryFolder()))
        try hospital.openPACS()
        try hospital.open()
        var acknowledged: Set<String> = []
        var answers: [ScriptedPeer.Answer: Int] = [:]
        let paths = Self.files(of: corpus)
        for path in paths {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: corpus.root + "/" + path))
            let file = RawFile(Array(bytes), standIn: Radiographs.uid())
            let peer = try ScriptedPeer(port: hospital.port)
            let answer = peer.push(file)
            if answer == .status(0) { acknowledged.insert(file.sopInstance) }
            answers[answer, default: 0] += 1
            _ = peer.release()
        }
        #expect(hospital.daemon?.isRunning == true, "\(hospital.log.suffix(4000))")
        #expect(try hospital.echo() == 0)
        let good = try Radiographs.make(1, in: hospital.folder)
        #expect(try hospital.push(good, ["-xt"]).status == 0)
        let uid = try Radiographs.value("0008,0018", of: good[0])
        let fates = try Promise.settled(acknowledged.union([uid]), in: hospital)
        #expect(fates[uid] == .reported)
        #expect(hospital.daemon?.isRunning == true)
        Promise.expectNoneLost(fates, hospital)
        #expect(acknowledged.count > 10)
        let number = { (isCounted: (ScriptedPeer.Answer) -> Bool) in
            answers.reduce(0) { $0 + (isCounted($1.key) ? $1.value : 0) }
        }
        try Figures.write(
            "corpus",
            [
                "| What | Figure |", "| --- | ---: |",
                "| Malformed or refused files pushed, byte for byte | \(paths.count) |",
                "| Presentation context not accepted | \(number { $0 == .contextRefused }) |",
                "| Association aborted by the node | \(number { $0 == .aborted }) |",
                "| Answered with a failure | \(number { if case .status(let code) = $0 { code != 0 } else { false } }) |",
                "| Answered with 0x0000, some under one UID | \(number { $0 == .status(0) }) |",
            ] + Promise.rows(fates, what: "Instances acknowledged, with a good one sent afterwards"))
    }
}
