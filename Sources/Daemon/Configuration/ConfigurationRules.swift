internal import WorkQueue

/// What values must agree on with each other.
struct ConfigurationRules {
    let configuration: Configuration
    let origins: [String: ConfigurationOrigin]

    /// Contradictions that make the configuration useless.
    func problems() -> [ConfigurationProblem] {
        modelProblems() + destinationProblems() + callerProblems()
    }

    /// What is odd and may be meant.
    func warnings() -> [String] {
        var warnings: [String] = []
        if configuration.models.isEmpty {
            warnings.append("models: none; every instance will be recorded as skipped")
        }
        if configuration.destinations.isEmpty {
            warnings.append("destinations: none; reports will be made and go nowhere")
        }
        let study = configuration.study
        if study.settle > study.idle || study.idle > study.maximumAge {
            warnings.append(
                "study: settle, idle and maximumAge are not in ascending order: idle counts as settle at least, and maximumAge ends every wait"
            )
        }
        let used = Set(configuration.models.flatMap { configuration.destinationNames(of: $0) })
        for name in configuration.destinations.keys.sorted() where !used.contains(name) {
            if !configuration.models.isEmpty {
                warnings.append("destinations.\(name): no model reports to it")
            }
        }
        return warnings
    }

    private func modelProblems() -> [ConfigurationProblem] {
        var problems: [ConfigurationProblem] = []
        var firstUse: [String: Int] = [:]
        for (index, model) in configuration.models.enumerated() {
            if let first = firstUse[model.bundle] {
                problems.append(problem("models[\(index)].bundle", "is the bundle of models[\(first)] too"))
            } else {
                firstUse[model.bundle] = index
            }
            var named: Set<String> = []
            for (position, name) in (model.destinations ?? []).enumerated() {
                let key = "models[\(index)].destinations[\(position)]"
                if configuration.destinations[name] == nil {
                    problems.append(
                        problem(key, unknownDestination(name), at: "models[\(index)].destinations"))
                } else if !named.insert(name).inserted {
                    problems.append(problem(key, "names \(name) again", at: "models[\(index)].destinations"))
                }
            }
        }
        return problems
    }

    private func unknownDestination(_ name: String) -> String {
        let names = configuration.destinations.keys.sorted()
        let hint = Suggestion.nearest(to: name, among: names).map { "did you mean \($0)?" }
        let known = names.isEmpty ? "there are none" : "there are " + names.joined(separator: ", ")
        return "no destination is named \"\(name)\"; \(hint ?? known)"
    }

    private func destinationProblems() -> [ConfigurationProblem] {
        var problems: [ConfigurationProblem] = []
        var firstUse: [String: String] = [:]
        for (name, destination) in configuration.destinations.sorted(by: { $0.key < $1.key }) {
            let place = "\(destination.aeTitle) \(destination.host.lowercased()) \(destination.port)"
            if let first = firstUse[place] {
                problems.append(
                    problem(
                        "destinations.\(name)", "is the same AE title, host and port as destinations.\(first)"
                    ))
            } else {
                firstUse[place] = name
            }
            if destination.retry.first > destination.retry.maximum {
                problems.append(problem("destinations.\(name).retry.first", "is longer than retry.maximum"))
            }
            if destination.documents.isEmpty {
                problems.append(
                    problem(
                        "destinations.\(name).documents", "is empty, so nothing could be sent; leave it out"))
            }
            if Set(destination.documents).count != destination.documents.count {
                problems.append(problem("destinations.\(name).documents", "names a kind twice"))
            }
        }
        return problems
    }

    private func callerProblems() -> [ConfigurationProblem] {
        let callers = configuration.dicom.callers
        return callers.indices.filter { callers[..<$0].contains(callers[$0]) }.map { index in
            problem("dicom.callers[\(index)]", "stands in the list already", at: "dicom.callers")
        }
    }

    /// A contradiction at a key; its place is that of the key itself, else of the nearest thing around it that has one.
    private func problem(_ key: String, _ reason: String, at place: String? = nil) -> ConfigurationProblem {
        let place = place ?? key
        let origin = origins[place] ?? origins.first { $0.key.hasPrefix(place + ".") }?.value
        return ConfigurationProblem(origin: origin ?? .default, key: key, fault: .contradiction(reason))
    }
}
