import WorkQueue

/// What senders were told and what the destinations have, as the world outside the node knows it.
struct Ledger {
    /// What a sender sent.
    struct Image: Hashable {
        var study: String
        var uid: String
        var digest: String
    }

    /// What a report says.
    struct Report {
        var uid: String
        var study: String
        var model: String
        /// The digest of each image that it names, by UID.
        var images: [String: String]
        var predecessors: [String]

        /// What a composer makes of a claim's contents; its UID derives from what it says.
        init(_ contents: ReportContents) {
            study = contents.studyInstanceUID
            model = contents.model
            images = Dictionary(
                uniqueKeysWithValues: contents.instances.map { ($0.instance.sopInstanceUID, $0.json) })
            predecessors = contents.predecessors.compactMap(\.files.first?.sopInstanceUID)
            let said = images.values.sorted().joined(separator: "+")
            uid = "\(study) \(model) \(said) after \(predecessors.count)"
        }
    }

    /// What was answered with 0x0000.
    var acknowledged: Set<Image> = []
    /// Every report that was ever composed, by UID.
    var reports: [String: Report] = [:]
    /// The reports that each destination has, of studies that were not purged since.
    private var arrivals: [String: Set<String>] = [:]
    /// The reports that were certainly recorded for each destination.
    private var destined: [String: Set<String>] = [:]

    /// Which models look at a content.
    static func models(of digest: String) -> [String] {
        switch digest.utf8.reduce(0, { $0 + Int($1) }) % 5 {
        case 0: []
        case 1: ["m", "n"]
        case 2: ["n"]
        default: ["m"]
        }
    }

    mutating func arrive(_ uid: String, at destination: String) {
        arrivals[destination, default: []].insert(uid)
    }

    mutating func destine(_ uid: String, to destinations: [String]) {
        for destination in destinations { destined[destination, default: []].insert(uid) }
    }

    /// The study is over: whatever comes of it later has nothing to do with what was.
    mutating func close(_ study: String) {
        acknowledged = acknowledged.filter { $0.study != study }
        for destination in arrivals.keys {
            arrivals[destination] = arrivals[destination]?.filter { reports[$0]?.study != study }
            destined[destination] = destined[destination]?.filter { reports[$0]?.study != study }
        }
    }

    /// Where the promise is broken: each acknowledged image that a model wants must be named by that model, with a
    /// content that it wants, in exactly one report that no other supersedes, at every destination that the
    /// configuration had when it was reported.
    func complaints(of study: String, at destinations: [String]) -> [String] {
        let images = Dictionary(grouping: acknowledged.filter { $0.study == study }, by: \.uid)
        return images.sorted { $0.key < $1.key }.flatMap { uid, contents in
            Set(contents.flatMap { Self.models(of: $0.digest) }).sorted().flatMap { model in
                complaints(of: uid, model, at: destinations)
            }
        }
    }

    private func complaints(of uid: String, _ model: String, at destinations: [String]) -> [String] {
        let names = { (report: Report) in report.model == model && report.images[uid] != nil }
        var complaints: [String] = []
        var isAnywhere = false
        for destination in destinations {
            let naming = current(at: destination).filter(names)
            let isWanted = (destined[destination] ?? []).compactMap { reports[$0] }.contains(where: names)
            isAnywhere = isAnywhere || !naming.isEmpty
            let isRight = naming.allSatisfy { Self.models(of: $0.images[uid] ?? "").contains(model) }
            if naming.count > 1 || (isWanted && naming.isEmpty) || !isRight {
                complaints.append("\(uid) is in \(naming.map(\.uid)) by \(model) at \(destination)")
            }
        }
        return isAnywhere ? complaints : complaints + ["\(uid) is in no report by \(model) anywhere"]
    }

    /// What stands at a destination: reports that none of those it has supersedes.
    private func current(at destination: String) -> [Report] {
        let present = (arrivals[destination] ?? []).compactMap { reports[$0] }
        let superseded = Set(present.flatMap(\.predecessors))
        return present.filter { !superseded.contains($0.uid) }
    }
}
