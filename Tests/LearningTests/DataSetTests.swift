import Foundation
import Learning
import Testing

@Suite struct DataSetTests {
    /// A folder that is gone when the test ends.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "glenoid-\(UUID().uuidString)"
        ).path

        func add(_ name: String, _ text: String = "") throws {
            let url = URL(fileURLWithPath: path + "/" + name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    @Test func readsOneFolderPerClass() throws {
        let folder = Folder()
        for name in [
            "b/2.png", "b/1.JPG", "a/patient/1.2.840.99", "a/scan.dcm", "a/.hidden.jpg", "a/notes.txt",
        ] {
            try folder.add(name)
        }
        try folder.add("README.md")
        let data = try DataSet.read(folder.path)
        #expect(data.classes == ["a", "b"])
        #expect(data.items.map(\.name) == ["a/patient/1.2.840.99", "a/scan.dcm", "b/1.JPG", "b/2.png"])
        #expect(data.items.map(\.classIndex) == [0, 0, 1, 1])
        #expect(data.classCounts == [2, 2])
        #expect(data.notes.count == 2, "\(data.notes)")
        #expect(data.items.allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
    }

    @Test func anEmptyClassIsKeptAndSaid() throws {
        let folder = Folder()
        try folder.add("a/1.png")
        try folder.add("b/notes.txt")
        let data = try DataSet.read(folder.path)
        #expect(data.classCounts == [1, 0])
        #expect(data.notes.contains("b: a folder without images"))
    }

    @Test func readsATable() throws {
        let folder = Folder()
        try folder.add(
            "list.csv",
            "path,label,patient\r\n\"x, y.png\",depuy,P1\r\n/abs/b.dcm , cofield,\r\n\r\nc.jpg,depuy\r\n")
        let data = try DataSet.read(folder.path + "/list.csv")
        #expect(data.classes == ["cofield", "depuy"])
        #expect(data.items.map(\.name) == ["x, y.png", "/abs/b.dcm", "c.jpg"])
        #expect(data.items.map(\.classIndex) == [1, 0, 1])
        #expect(data.items.map(\.patient) == ["P1", nil, nil])
        #expect(data.items[0].path == folder.path + "/x, y.png" && data.items[1].path == "/abs/b.dcm")
    }

    @Test(arguments: [
        ("a.png\n", "list.csv:1: 1 fields; path,label[,patient] is expected"),
        ("a.png,x\nb.png,\n", "list.csv:2: path and label must not be empty"),
        ("a.png,x\nb.png,x\na.png,y\n", "list.csv:3: the path of line 1 again"),
        ("a.png,\"x\n", "list.csv:1: a quote is not closed"),
        ("a.png,x\"y\n", "list.csv:1: a quote in the middle of a field"),
        ("path,label\n", "list.csv lists no images"), ("", "list.csv lists no images"),
    ])
    func aBadTableIsRefusedWithTheLine(text: String, reason: String) throws {
        let folder = Folder()
        try folder.add("list.csv", text)
        #expect(throws: LearningError.data("\(folder.path)/\(reason)")) {
            try DataSet.read(folder.path + "/list.csv")
        }
    }

    @Test func refusesWhatHoldsNothing() throws {
        let folder = Folder()
        try folder.add("loose.png")
        #expect(
            throws: LearningError.data(
                "\(folder.path) holds no folders; expected one folder of images for each class")
        ) { try DataSet.read(folder.path) }
        try folder.add("a/notes.txt")
        #expect(throws: LearningError.data("\(folder.path) holds class folders but no images")) {
            try DataSet.read(folder.path)
        }
        #expect(throws: LearningError.world("\(folder.path)/absent: no such file or folder")) {
            try DataSet.read(folder.path + "/absent")
        }
    }

    @Test func linksToFoldersAreNotFollowed() throws {
        let folder = Folder()
        try folder.add("a/1.png")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/a/loop", withDestinationPath: folder.path + "/a")
        let data = try DataSet.read(folder.path)
        #expect(data.items.count == 1)
        #expect(data.notes == ["a/loop: a link to a folder, not followed"])
    }

    @Test func takesTheOrderOfAModel() throws {
        let data = DataSet(
            source: "", classes: ["a", "B", "empty"],
            items: [.init(path: "1", name: "1", classIndex: 0), .init(path: "2", name: "2", classIndex: 1)])
        let ordered = try data.ordered(as: ["b", "c", "a"])
        #expect(ordered.items.map(\.classIndex) == [2, 0] && ordered.classes == ["b", "c", "a"])
        #expect(
            throws: LearningError.data("class 'a' (1 images) is not a label of the model, which has: b, c")
        ) {
            try data.ordered(as: ["b", "c"])
        }
    }
}
