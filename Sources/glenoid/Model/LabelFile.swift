internal import Classification
internal import Dicom
internal import Foundation

/// The file of `--labels`: the classes of a model, and whatever else of its description the weights cannot
/// tell.
///
/// A text file holds one name a line. JSON is a list of names, a list of `{"name", "code"}`, or an object
/// with `labels` (either list) and any of the keys of `model.json` that are not decided by the weights.
struct LabelFile {
    /// The classes in the order of the network's outputs.
    let labels: [Label]
    private let further: Further?
    /// The filter of the resize, where the file names one.
    var filter: ResizeFilter? { further?.filter }

    /// The longest file that is read.
    private static let bytesMax = 1 << 20

    init(path: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure("\(path): \(error.localizedDescription)")
        }
        guard data.count <= Self.bytesMax else {
            throw CommandFailure("\(path): longer than \(Self.bytesMax) bytes")
        }
        let text = String(decoding: data, as: UTF8.self).drop(while: \.isWhitespace)
        guard text.first == "[" || text.first == "{" else {
            let names = text.split(whereSeparator: \.isNewline)
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            (labels, further) = (Self.labels(named: names), nil)
            return
        }
        do {
            if text.first == "[" {
                labels = try JSONDecoder().decode(LabelList.self, from: data).labels
                further = nil
            } else {
                let decoded = try JSONDecoder().decode(Further.self, from: data)
                try Self.refuseUnknownKeys(of: data, path)
                (labels, further) = (decoded.labels.labels, decoded)
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("\(path): neither a list of labels nor an object with 'labels': \(error)")
        }
    }

    /// Classes with codes of this project's own scheme, made from their names.
    ///
    /// A name that cannot be a code value (PS3.5 6.2, SH: 16 characters) gets its number instead.
    static func labels(named names: [String]) -> [Label] {
        names.enumerated().map { index, name in
            let code = name.uppercased().replacing(" ", with: "_")
            let isPlain = code.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
            let value = isPlain && (1...16).contains(code.utf8.count) ? code : "CLASS\(index)"
            return Label(name: name, code: CodedEntry(value, CodingScheme.own.designator, name))
        }
    }

    /// Throws for keys that nobody would read, such as one that is misspelt.
    private static func refuseUnknownKeys(of object: Data, _ path: String) throws {
        let keys = (try JSONSerialization.jsonObject(with: object) as? [String: Any] ?? [:]).keys
        let known = Further.CodingKeys.allCases.map(\.rawValue)
        let unknown = keys.filter { !known.contains($0) }.sorted()
        guard unknown.isEmpty else {
            throw CommandFailure(
                "\(path): \(unknown.joined(separator: ", ")): no such key here; known are "
                    + known.joined(separator: ", "))
        }
    }

    /// Puts what the file says beyond the classes into a description.
    func complete(_ description: inout ModelDescription) {
        guard let further else { return }
        if let name = further.name { description.name = name }
        if let version = further.version { description.version = version }
        if let filter = further.filter { description.preparation.filter = filter }
        if let undetermined = further.undetermined { description.undetermined = undetermined }
        if let codingSchemes = further.codingSchemes { description.codingSchemes = codingSchemes }
        if let report = further.report { description.report = report }
        if let temperature = further.temperature { description.temperature = temperature }
        if let threshold = further.threshold { description.threshold = threshold }
        if let accept = further.accept { description.accept = accept }
        if let provenance = further.provenance { description.provenance = provenance }
    }
}

/// A list of names, or of names with codes.
private struct LabelList: Decodable {
    let labels: [Label]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let names = try? container.decode([String].self) {
            labels = LabelFile.labels(named: names)
        } else {
            labels = try container.decode([Label].self)
        }
    }
}

/// The object form of the file: keys as in `model.json`.
private struct Further: Decodable {
    let labels: LabelList
    let name, version: String?
    let filter: ResizeFilter?
    let undetermined: CodedEntry?
    let codingSchemes: [CodingScheme]?
    let report: ReportSettings?
    let temperature, threshold: Double?
    let accept: Acceptance?
    let provenance: Provenance?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case labels, name, version, filter, undetermined, codingSchemes, report, temperature, threshold,
            accept
        case provenance
    }
}
