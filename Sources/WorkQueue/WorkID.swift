/// The name of one piece of work, as operators type it: `i12` an instance, `r3` the report on a study by one
/// model, `d7` a delivery.
///
/// A number is never used twice within a queue.
package struct WorkID: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The three kinds of work that can be claimed, fail and end as dead letters.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A received instance that waits to be classified or skipped.
        case instance = "i"
        /// A study that a model has looked at and that waits for its (next) report.
        case report = "r"
        /// A report on its way to one destination.
        case delivery = "d"
    }

    /// Which kind of work.
    package let kind: Kind
    /// Its number among its kind.
    package let number: Int64

    /// The name of a known piece of work.
    package init(_ kind: Kind, _ number: Int64) {
        self.kind = kind
        self.number = number
    }

    /// Reads what ``description`` wrote; `nil` for anything else.
    package init?(_ text: String) {
        guard let letter = text.first, let kind = Kind(rawValue: String(letter)),
            let number = Int64(text.dropFirst()), number > 0, String(number) == text.dropFirst()
        else { return nil }
        self.init(kind, number)
    }

    package var description: String { kind.rawValue + String(number) }
}
