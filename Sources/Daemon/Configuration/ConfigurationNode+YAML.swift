internal import Yams

extension ConfigurationNode {
    /// Parses one YAML document.
    ///
    /// Scalars stay text: `aeTitle: 0123` and `host: no` mean what they look like, whatever YAML 1.1 makes of them.
    ///
    /// - Parameters:
    ///   - yaml: The text of the file.
    ///   - file: Its name in messages.
    /// - Throws: A problem with its line if the text is no YAML, holds several documents, or repeats a key.
    package init(yaml: String, file: String) throws(ConfigurationProblem) {
        let root: Node?
        do {
            root = try Parser(yaml: yaml).singleRoot()
        } catch let error as YamlError {
            throw ConfigurationProblem(error, file: file)
        } catch {
            throw ConfigurationProblem(origin: .file(file, line: 1), key: "", fault: .unreadable("\(error)"))
        }
        guard let root else {
            self.init(.empty, .file(file, line: 1))
            return
        }
        self.init(root, file: file)
    }

    private init(_ node: Node, file: String) {
        let origin = ConfigurationOrigin.file(file, line: node.mark?.line ?? 1)
        switch node {
        case .scalar(let scalar):
            let isEmpty = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            self.init(isEmpty ? .empty : .scalar(scalar.string), origin)
        case .sequence(let sequence):
            self.init(.list(sequence.map { ConfigurationNode($0, file: file) }), origin)
        case .mapping(let mapping):
            let entries = mapping.map { key, value in
                Self.entry(key, value, file: file)
            }
            self.init(.mapping(entries), origin)
        case .alias:
            // Yams resolves aliases while it composes; one that is left stands for nothing.
            self.init(.empty, origin)
        }
    }

    /// An empty value has no line of its own where its key has one, so the key's line counts for scalars.
    private static func entry(_ key: Node, _ value: Node, file: String) -> Entry {
        var node = ConfigurationNode(value, file: file)
        if let line = key.mark?.line {
            node.origin = .file(file, line: line)
        }
        return Entry(key.scalar?.string ?? "?", node)
    }
}

extension ConfigurationProblem {
    /// Keeps the line and the reason of a YAML error, and leaves out the excerpt of the file.
    fileprivate init(_ error: YamlError, file: String) {
        var line = 1
        let reason: String
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            line = mark.line
            reason = problem
        case .duplicatedKeysInMapping(let duplicates, let context):
            line = context.mark.line
            self.init(
                origin: .file(file, line: line), key: duplicates.joined(separator: ", "), fault: .repeated)
            return
        case .reader(let problem, _, _, _): reason = problem
        case .dataCouldNotBeDecoded: reason = "is not UTF-8"
        default: reason = "cannot be parsed"
        }
        self.init(origin: .file(file, line: line), key: "", fault: .unreadable(reason))
    }
}
