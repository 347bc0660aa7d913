/// Images with their classes, as a folder or a table names them; nothing has been read yet.
package struct DataSet: Sendable, Equatable {
    /// One image file.
    package struct Item: Sendable, Equatable {
        /// Where the file lies, ready to be opened.
        package let path: String
        /// The path as people should see it: relative to the data set's folder or table.
        package let name: String
        /// Index into `classes`.
        package let classIndex: Int
        /// The patient as the table names it; nil where it does not.
        package let patient: String?

        /// An item as given.
        package init(path: String, name: String, classIndex: Int, patient: String? = nil) {
            self.path = path
            self.name = name
            self.classIndex = classIndex
            self.patient = patient
        }
    }

    /// The folder or table that the data set was read from.
    package let source: String
    /// The names of the classes, in order.
    package let classes: [String]
    /// The images, ordered by name; where a table lists them, in its order.
    package let items: [Item]
    /// What was passed over, and why: files that are not images by their name, empty folders.
    package let notes: [String]

    /// The most images of a data set.
    package static let itemCountMax = 1_000_000
    /// The most classes of a data set.
    package static let classCountMax = 4096

    /// A data set as given.
    package init(source: String, classes: [String], items: [Item], notes: [String] = []) {
        self.source = source
        self.classes = classes
        self.items = items
        self.notes = notes
    }

    /// How many images each class has, in the order of `classes`.
    package var classCounts: [Int] {
        items.reduce(into: [Int](repeating: 0, count: classes.count)) { $0[$1.classIndex] += 1 }
    }

    /// The same images with the classes in the order of a model's labels.
    ///
    /// Throws `data` where a class of the data set that holds images is not among the labels; labels without an image
    /// are no fault. Names match when they are equal but for case.
    package func ordered(as labels: [String]) throws(LearningError) -> DataSet {
        var positions: [String: Int] = [:]
        for (index, label) in labels.enumerated() { positions[label.lowercased()] = index }
        let counts = classCounts
        var map: [Int] = []
        for (index, name) in classes.enumerated() {
            guard let position = positions[name.lowercased()] else {
                guard counts[index] == 0 else {
                    throw .data(
                        "class '\(name)' (\(counts[index]) images) is not a label of the model, which has: "
                            + labels.joined(separator: ", "))
                }
                map.append(-1)
                continue
            }
            map.append(position)
        }
        let moved = items.map {
            Item(path: $0.path, name: $0.name, classIndex: map[$0.classIndex], patient: $0.patient)
        }
        return DataSet(source: source, classes: labels, items: moved, notes: notes)
    }
}
