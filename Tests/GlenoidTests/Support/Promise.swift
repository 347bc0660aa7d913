// What a destination has, and whether the promise holds there.
import Foundation
import Testing

/// A report at a destination, read by `dcmdump`: another program than the one that wrote it.
struct StandingReport {
    var uid = ""
    var study = ""
    /// SOP Instance UIDs of Current Requested Procedure Evidence Sequence: what the report names.
    var images: Set<String> = []
    /// SOP Instance UIDs of Predecessor Documents Sequence.
    var predecessors: Set<String> = []
}

/// How an acknowledged instance ended.
enum Fate: Equatable {
    case reported
    case skipped
    case dead
    /// Nothing anywhere says what became of it, or more than one report stands: the promise is broken.
    case lost(String)
}

enum Promise {
    /// Every report among the files.
    static func reports(_ files: [String]) throws -> [StandingReport] {
        var reports: [StandingReport] = []
        // So many that a command line holds them.
        for start in stride(from: 0, to: files.count, by: 500) {
            let part = files[start..<min(start + 500, files.count)]
            let names = [
                "+P", "SOPInstanceUID", "+P", "StudyInstanceUID", "+P", "ReferencedSOPInstanceUID",
            ]
            let dump = try Program.run("dcmdump", ["-q", "+F", "+p"] + names + part)
            for line in dump.output.split(separator: "\n") { read(line, &reports) }
        }
        return reports
    }

    /// A line is `# dcmdump (1/2): FILE`, or the path of tags, the VR and the value in brackets.
    private static func read(_ line: Substring, _ reports: inout [StandingReport]) {
        if line.hasPrefix("# dcmdump") { return reports.append(StandingReport()) }
        guard let open = line.firstIndex(of: "["), let close = line.firstIndex(of: "]"), !reports.isEmpty,
            let tags = line.split(separator: " ").first
        else { return }
        let value = String(line[line.index(after: open)..<close])
        let last = reports.count - 1
        switch tags {
        case "(0008,0018)": reports[last].uid = value
        case "(0020,000d)": reports[last].study = value
        default:
            guard tags.hasSuffix("(0008,1155)") else { return }
            if tags.hasPrefix("(0040,a375)") { reports[last].images.insert(value) }
            if tags.hasPrefix("(0040,a360)") { reports[last].predecessors.insert(value) }
        }
    }

    /// The reports among the files that no other of them supersedes.
    static func standing(_ files: [String]) throws -> [StandingReport] {
        let all = try reports(files)
        let superseded = all.reduce(into: Set<String>()) { $0.formUnion($1.predecessors) }
        return all.filter { !superseded.contains($0.uid) }
    }

    /// What became of acknowledged instances, by what the PACS has and what `glenoid queue list` shows.
    static func fates(of acknowledged: Set<String>, in hospital: Hospital) throws -> [String: Fate] {
        var named: [String: Int] = [:]
        for report in try standing(hospital.reports) {
            for image in report.images { named[image, default: 0] += 1 }
        }
        var recorded: [String: Fate] = [:]
        let rows = try #require(
            try hospital.json(["queue", "list", "--all", "--limit", "1000000"]) as? [[String: Any]])
        for row in rows where (row["work"] as? String)?.hasPrefix("i") == true {
            guard let uid = row["sopInstanceUID"] as? String, row["reason"] is String else { continue }
            switch row["state"] as? String {
            case "done": recorded[uid] = .skipped
            case "dead": recorded[uid] = .dead
            default: break
            }
        }
        return Dictionary(
            uniqueKeysWithValues: acknowledged.map { uid in
                switch named[uid] ?? 0 {
                case 1: (uid, .reported)
                case 0: (uid, recorded[uid] ?? .lost("in no report, and neither skipped nor dead"))
                default: (uid, .lost("in \(named[uid] ?? 0) reports that none supersedes"))
                }
            })
    }

    /// The files that storescu was told 0x0000 for: `-v` prints one line a file and one an answer.
    static func acknowledged(in log: String, of files: [String]) -> [String] {
        var current: String?
        var acknowledged: [String] = []
        for line in log.split(separator: "\n") {
            if line.contains("Sending file: ") {
                current = line.components(separatedBy: "Sending file: ").last
            } else if line.contains("Received Store Response (Success)"), let file = current {
                acknowledged.append(file)
            }
        }
        return acknowledged.filter(files.contains)
    }
}

extension Promise {
    /// What became of everything once nothing is left to do.
    static func settled(
        _ acknowledged: Set<String>, in hospital: Hospital
    ) throws -> [String: Fate] {
        _ = try eventually(within: 120) {
            let status = try #require(try hospital.json(["status"]) as? [String: Any])
            return status["unfinished"] as? Int == 0
        }
        var fates: [String: Fate] = [:]
        // storescp closes a report's file a moment after it has answered.
        _ = try eventually(within: 10) {
            fates = try Promise.fates(of: acknowledged, in: hospital)
            return fates.values.allSatisfy { if case .lost = $0 { false } else { true } }
        }
        return fates
    }

    /// Records every one that is lost, with the end of the daemon's log.
    static func expectNoneLost(_ fates: [String: Fate], _ hospital: Hospital) {
        for (uid, fate) in fates {
            guard case .lost(let how) = fate else { continue }
            Issue.record("\(uid) is \(how):\n\(hospital.log.suffix(6000))")
        }
    }

    /// The fates as rows of a table of figures.
    static func rows(
        _ fates: [String: Fate], what: String = "Instances answered with 0x0000"
    ) -> [String] {
        let count = { (fate: Fate) in fates.values.count { $0 == fate } }
        let lost = fates.values.count { if case .lost = $0 { true } else { false } }
        return [
            "| \(what) | \(fates.count) |",
            "| In exactly one standing report | \(count(.reported)) |",
            "| Skipped with a reason | \(count(.skipped)) |",
            "| Dead letters with a reason | \(count(.dead)) |",
            "| **Lost, or in two standing reports** | **\(lost)** |",
        ]
    }
}
