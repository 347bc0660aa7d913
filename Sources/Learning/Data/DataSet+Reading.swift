internal import Foundation

extension DataSet {
    /// File names that are taken for images: DICOM files often have none of them, so no ending is fine as well.
    private static let imageEndings: Set<String> = ["jpg", "jpeg", "png", "dcm", "dicom", "ima", ""]

    /// Reads a data set from a folder with one folder a class, or from a table `path,label[,patient]`.
    ///
    /// Throws `data` where there is nothing to learn from, and `world` where the disk does not give it.
    package static func read(_ source: String) throws(LearningError) -> DataSet {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: source, isDirectory: &isFolder) else {
            throw .world("\(source): no such file or folder")
        }
        return isFolder.boolValue ? try read(folder: source) : try read(table: source)
    }

    /// One folder a class; its images may lie in further folders below (a patient's, a study's).
    ///
    /// Hidden files and folders are passed over silently, other foreign files with a note.
    private static func read(folder: String) throws(LearningError) -> DataSet {
        var notes: [String] = []
        var classes: [String] = []
        var items: [Item] = []
        for name in try entries(of: folder) {
            guard isFolder(folder + "/" + name) else {
                notes.append("\(name): lies beside the class folders, passed over")
                continue
            }
            let files = try images(below: folder, from: name, notes: &notes)
            if files.isEmpty { notes.append("\(name): a folder without images") }
            for file in files {
                items.append(Item(path: folder + "/" + file, name: file, classIndex: classes.count))
            }
            classes.append(name)
        }
        guard !classes.isEmpty else {
            throw .data("\(folder) holds no folders; expected one folder of images for each class")
        }
        guard !items.isEmpty else { throw .data("\(folder) holds class folders but no images") }
        try checkCounts(items: items.count, classes: classes.count, source: folder)
        return DataSet(source: folder, classes: classes, items: items, notes: notes)
    }

    /// A table in CSV (RFC 4180): path, label and, if known, patient; a first line that begins with those two words is
    /// a heading.
    ///
    /// Paths are relative to the table's folder.
    private static func read(table: String) throws(LearningError) -> DataSet {
        let text: String
        do {
            text = try String(contentsOf: URL(fileURLWithPath: table), encoding: .utf8)
        } catch {
            throw .world("\(table): it cannot be read as UTF-8 text")
        }
        let base = URL(fileURLWithPath: table).deletingLastPathComponent().path
        var rows = try CSV.rows(text, name: table)
        if let first = rows.first?.fields, first.map({ $0.lowercased() }).starts(with: ["path", "label"]) {
            rows.removeFirst()
        }
        var seen: [String: Int] = [:]
        for row in rows {
            guard (2...3).contains(row.fields.count) else {
                throw .data(
                    "\(table):\(row.line): \(row.fields.count) fields; path,label[,patient] is expected")
            }
            guard !row.fields[0].isEmpty, !row.fields[1].isEmpty else {
                throw .data("\(table):\(row.line): path and label must not be empty")
            }
            if let earlier = seen.updateValue(row.line, forKey: row.fields[0]) {
                throw .data("\(table):\(row.line): the path of line \(earlier) again")
            }
        }
        let classes = Set(rows.map { $0.fields[1] }).sorted()
        guard !rows.isEmpty else { throw .data("\(table) lists no images") }
        try checkCounts(items: rows.count, classes: classes.count, source: table)
        let indices = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        let items = rows.map { row in
            let path = row.fields[0].hasPrefix("/") ? row.fields[0] : base + "/" + row.fields[0]
            let patient = row.fields.count == 3 && !row.fields[2].isEmpty ? row.fields[2] : nil
            return Item(
                path: path, name: row.fields[0], classIndex: indices[row.fields[1]] ?? 0, patient: patient)
        }
        return DataSet(source: table, classes: classes, items: items)
    }

    /// The images below a folder, by their paths relative to `root`, in the order of their names.
    ///
    /// Links to folders are not followed: they could lead in a circle.
    private static func images(below root: String, from start: String, notes: inout [String])
        throws(LearningError) -> [String]
    {
        var found: [String] = []
        for name in try entries(of: root + "/" + start) {
            let relative = start + "/" + name
            let path = root + "/" + relative
            if isFolder(path) {
                let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
                guard !isLink else {
                    notes.append("\(relative): a link to a folder, not followed")
                    continue
                }
                found += try images(below: root, from: relative, notes: &notes)
            } else if imageEndings.contains(ending(of: name)) {
                found.append(relative)
            } else {
                notes.append("\(relative): not an image by its name, passed over")
            }
        }
        return found
    }

    /// The ending after the last dot, in small letters; of UID-named DICOM files ("1.2.840.1") that is a number: none.
    private static func ending(of name: String) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last, !last.allSatisfy(\.isNumber) else { return "" }
        return last.lowercased()
    }

    private static func entries(of folder: String) throws(LearningError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { !$0.hasPrefix(".") }.sorted(by: codePointOrder)
        } catch {
            throw .world("\(folder): \(error.localizedDescription)")
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }

    private static func checkCounts(items: Int, classes: Int, source: String) throws(LearningError) {
        guard items <= itemCountMax else { throw .data("\(source): more than \(itemCountMax) images") }
        guard classes <= classCountMax else { throw .data("\(source): more than \(classCountMax) classes") }
    }

    /// Order by code points: the same on every machine, whatever its locale.
    private static func codePointOrder(_ left: String, _ right: String) -> Bool {
        left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
    }
}
