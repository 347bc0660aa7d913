import Daemon
import Foundation
import TestMaterial
import Testing
import WorkQueue

@Suite struct LinuxDiskTests {
    private let disk = LinuxDisk()

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "disk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do {
                try FileManager.default.removeItem(at: folder)
            } catch {
                print("cannot remove \(folder.path): \(error)")
            }
        }
        try body(folder.path)
    }

    @Test func filesAreWrittenSyncedRenamedListedAndRemoved() throws {
        try withFolder { folder in
            #expect(try disk.makeFolder(folder + "/a"))
            #expect(try !disk.makeFolder(folder + "/a"))
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
            try disk.write(bytes, to: folder + "/new")
            #expect(try disk.sync(file: folder + "/new") == 100_000)
            try disk.rename(folder + "/new", to: folder + "/a/file")
            try disk.sync(folder: folder + "/a")
            #expect(try disk.names(in: folder) == ["a"] && disk.names(in: folder + "/a") == ["file"])
            #expect(FileManager.default.contents(atPath: folder + "/a/file") == Data(bytes))
            #expect(try disk.read(folder + "/a/file") == bytes && disk.read(folder + "/none") == nil)
            let age = try SystemTime().now() - #require(try disk.lastChange(of: folder + "/a/file"))
            #expect(try disk.lastChange(of: folder + "/none") == nil)
            #expect(age >= .zero && age < .seconds(60))
            try disk.remove(folder + "/a/file")
            try disk.remove(folder + "/a/file")
            #expect(try disk.names(in: folder + "/a").isEmpty)
        }
    }

    /// On a file system that is memory itself nothing can be given back.
    @Test func whatIsReleasedIsReadFromTheDiskAgain() throws {
        try withFolder { folder in
            let file = folder + "/file"
            let pageCount = 4096
            let bytes = (0..<pageCount).flatMap {
                [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 4096)
            }
            try disk.write(bytes, to: file)
            _ = try disk.sync(file: file)
            #expect(try PageCache.residentPages(of: file) == Array(0..<pageCount))
            disk.release((64 << 10)..<(15 << 20), of: file)
            if try PageCache.isTmpfs(folder) {
                print("SKIPPED: \(folder) is a tmpfs")
            } else {
                // The system keeps pages in larger pieces, of which those at the ends stay whole.
                let left = try PageCache.residentPages(of: file)
                #expect(
                    left.starts(with: 0..<16) && left.suffix(256).elementsEqual((pageCount - 256)..<pageCount)
                )
                #expect(left.count < pageCount / 2)
            }
            #expect(try disk.read(file) == bytes)
            disk.release(0..<10, of: folder + "/absent")
        }
    }

    @Test func anEmptyFileIsAFile() throws {
        try withFolder { folder in
            try disk.write([], to: folder + "/empty")
            #expect(try disk.sync(file: folder + "/empty") == 0)
        }
    }

    @Test func nothingIsOverwritten() throws {
        try withFolder { folder in
            try disk.write([1], to: folder + "/file")
            #expect(
                throws: SpoolError.world(operation: "open", path: folder + "/file", errorNumber: EEXIST)
            ) { try disk.write([2], to: folder + "/file") }
        }
    }

    @Test func failuresSayWhatAndWhere() throws {
        let error = SpoolError.world(operation: "open", path: "/nowhere/x", errorNumber: ENOENT)
        #expect(throws: error) { try disk.sync(file: "/nowhere/x") }
        #expect(error.description == "open failed for /nowhere/x: No such file or directory")
        #expect(throws: SpoolError.self) { try disk.names(in: "/nowhere") }
        #expect(throws: SpoolError.self) { try disk.space(at: "/nowhere") }
        #expect(throws: SpoolError.self) { try disk.makeFolder("/nowhere/x") }
        #expect(throws: SpoolError.self) { try disk.rename("/nowhere/x", to: "/nowhere/y") }
    }

    @Test func theSpaceIsThatOfTheFileSystem() throws {
        try withFolder { folder in
            let space = try disk.space(at: folder)
            #expect(space.freeBytes > 0 && space.totalBytes >= space.freeBytes)
        }
    }

    @Test func aLockIsExclusiveWhileHeld() throws {
        try withFolder { folder in
            let first = try disk.lock(folder + "/lock")
            #expect(first != nil)
            #expect(try disk.lock(folder + "/lock") == nil)
            withExtendedLifetime(first) {}
        }
        try withFolder { folder in
            do { _ = try disk.lock(folder + "/lock") }
            #expect(try disk.lock(folder + "/lock") != nil)
        }
    }
}
