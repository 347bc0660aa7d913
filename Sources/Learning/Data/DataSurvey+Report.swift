internal import Classification

extension DataSurvey {
    /// What `data show --json` prints.
    package struct Summary: Encodable, Sendable {
        /// One class.
        package struct ClassSummary: Encodable, Sendable {
            let label: String
            let n: Int
            let damaged: Int
        }
        /// A file that cannot be read.
        package struct DamagedFile: Encodable, Sendable {
            let file: String
            let reason: String
        }
        let source: String
        let n: Int
        let classes: [ClassSummary]
        let kinds: [String: Int]
        let modalities: [String: Int]
        let sizes: [String: Int]
        let damaged: [DamagedFile]
        /// Sets of files with equal bytes.
        package let exactDuplicates: [[String]]
        /// Sets of files that look alike.
        package let nearDuplicates: [[String]]
        /// Sets of files of one patient.
        package let samePatient: [[String]]
        /// Sets of duplicates with different labels.
        package let contradictions: [[String]]
        /// How many independent groups a split has to work with.
        package let groups: Int
        let notes: [String]
    }

    /// The survey in numbers and names.
    package var summary: Summary {
        let readable = readableCounts
        let total = dataSet.classCounts
        func names(_ sets: [[Int]]) -> [[String]] { sets.map { $0.map { item($0).name } } }
        return Summary(
            source: dataSet.source, n: images.count,
            classes: dataSet.classes.enumerated().map {
                .init(label: $1, n: readable[$0], damaged: total[$0] - readable[$0])
            },
            kinds: counted(images.map(\.kind)), modalities: counted(images.compactMap(\.modality)),
            sizes: counted(images.map { "\($0.columns)x\($0.rows)" }),
            damaged: damaged.map { .init(file: dataSet.items[$0.itemIndex].name, reason: $0.reason) },
            exactDuplicates: names(exactDuplicates), nearDuplicates: names(nearDuplicates),
            samePatient: names(samePatient), contradictions: names(contradictions),
            groups: groups.members.count, notes: dataSet.notes)
    }

    private func counted(_ values: [String]) -> [String: Int] {
        values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    /// The survey as a person reads it on a terminal.
    package var text: String {
        let summary = summary
        var lines = [
            "\(summary.source): \(summary.n) images in \(summary.classes.count) classes"
                + (damaged.isEmpty ? "" : ", damaged files: \(damaged.count)")
        ]
        let width = summary.classes.map(\.label.count).max() ?? 0
        for entry in summary.classes {
            let label = entry.label + String(repeating: " ", count: width - entry.label.count)
            lines.append(
                "  \(label)  \(entry.n)\(entry.damaged > 0 ? " (and \(entry.damaged) damaged)" : "")")
        }
        lines.append("files: \(Self.listed(summary.kinds))")
        if !summary.modalities.isEmpty { lines.append("modalities: \(Self.listed(summary.modalities))") }
        lines.append("sizes: \(Self.listed(summary.sizes))")
        lines += section("exact duplicates (equal bytes)", summary.exactDuplicates)
        lines += section("near duplicates (they look alike)", summary.nearDuplicates)
        lines += section("duplicates with different labels", summary.contradictions)
        if !samePatient.isEmpty { lines.append("patients with several images: \(samePatient.count)") }
        lines.append("independent groups of images, for splits: \(summary.groups)")
        lines += summary.damaged.map { "damaged: \($0.file): \($0.reason)" }
        lines += summary.notes.map { "note: \($0)" }
        return lines.joined(separator: "\n")
    }

    private func section(_ title: String, _ sets: [[String]]) -> [String] {
        guard !sets.isEmpty else { return ["\(title): none"] }
        return ["\(title): \(sets.count)"] + sets.map { "  \($0.joined(separator: "  "))" }
    }

    /// "DX 30, CR 4 …": the most frequent first, at most eight.
    private static func listed(_ counts: [String: Int]) -> String {
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let shown = sorted.prefix(8).map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
        return sorted.count > 8 ? "\(shown) and \(sorted.count - 8) more" : shown
    }

    /// The most pictures of a class on the contact sheet.
    package static let sheetCountMax = 120

    /// The survey as a page: numbers, class distribution, duplicates side by side, contact sheet.
    package var page: HTMLPage {
        let summary = summary
        var page = HTMLPage(title: "Data set \(summary.source)")
        page.paragraph(
            "\(summary.n) images in \(summary.classes.count) classes, \(summary.groups) independent groups; "
                + "damaged files: \(damaged.count). Pictures are shown as the network sees them.")
        page.markup(Chart.bars(summary.classes.map { ($0.label, $0.n) }, title: "Images per class"))
        page.table(
            header: ["", "number"],
            rows: (summary.kinds.sorted { $0.key < $1.key } + summary.modalities.sorted { $0.key < $1.key })
                .map { [$0.key, String($0.value)] })
        page.paragraph("Sizes: \(Self.listed(summary.sizes)).")
        if !damaged.isEmpty {
            page.heading("Damaged files")
            page.list(summary.damaged.map { "\($0.file): \($0.reason)" })
        }
        for (title, sets) in [
            ("Duplicates with different labels", contradictions), ("Exact duplicates", exactDuplicates),
            ("Near duplicates", nearDuplicates),
        ] where !sets.isEmpty {
            page.heading("\(title): \(sets.count)")
            for members in sets { page.row(members.map(figure)) }
        }
        for (index, label) in dataSet.classes.enumerated() {
            let members = images.indices.filter { item($0).classIndex == index }
            page.heading("\(label): \(members.count)")
            page.row(members.prefix(Self.sheetCountMax).map(figure))
            if members.count > Self.sheetCountMax {
                page.paragraph("and \(members.count - Self.sheetCountMax) more")
            }
        }
        page.list(summary.notes)
        return page
    }

    private func figure(_ image: Int) -> String {
        HTMLPage.figure(
            png: images[image].thumbnail.pngFile, caption: item(image).name, width: Self.thumbnailSide)
    }
}
