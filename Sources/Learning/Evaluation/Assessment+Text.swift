internal import Foundation

extension Assessment {
    /// The assessment as a person reads it on a terminal.
    package var text: String {
        let interval = accuracyInterval
        var lines = [
            "accuracy  \(Self.percent(accuracy))  (95 % interval \(Self.percent(interval.low)) to \(Self.percent(interval.high)), n = \(count))",
            "macro F1  \(Self.decimal(macroF1))   weighted F1  \(Self.decimal(weightedF1))   AUC  \(macroArea.map(Self.decimal) ?? "–")",
            "answered  \(Self.percent(coverage)) of the images, \(answeredAccuracy.map(Self.percent) ?? "–") of them right",
            "expected calibration error  \(Self.decimal(calibration.expectedError))", "",
        ]
        lines += Self.aligned([Self.scoreHeader] + scoreRows)
        lines += ["", "confusion (rows: truth, columns: answer)"]
        lines += Self.aligned(
            [[""] + labels] + zip(labels, confusion.counts).map { [$0.0] + $0.1.map(String.init) })
        return lines.joined(separator: "\n")
    }

    /// The header of `scoreRows`.
    package static let scoreHeader = ["class", "precision", "recall", "F1", "AUC", "n"]

    /// One row a class, then the two averages.
    package var scoreRows: [[String]] {
        let classes = labels.indices.map { index in
            let score = scores[index]
            return [
                labels[index], Self.decimal(score.precision), Self.decimal(score.recall),
                Self.decimal(score.f1),
                areas[index].map(Self.decimal) ?? "–", String(score.support),
            ]
        }
        return classes + [
            [
                "macro average", Self.decimal(macro(\.precision)), Self.decimal(macro(\.recall)),
                Self.decimal(macroF1), macroArea.map(Self.decimal) ?? "–", String(count),
            ],
            [
                "weighted average", Self.decimal(weighted(\.precision)), Self.decimal(weighted(\.recall)),
                Self.decimal(weightedF1), "", String(count),
            ],
        ]
    }

    /// "89.8 %".
    package static func percent(_ value: Double) -> String { String(format: "%.1f %%", value * 100) }
    /// "0.898".
    package static func decimal(_ value: Double) -> String { String(format: "%.3f", value) }

    /// Columns under each other, the first to the left, the others to the right.
    package static func aligned(_ rows: [[String]]) -> [String] {
        let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, text in
                let space = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + space : space + text
            }.joined(separator: "  ")
        }
    }
}
