import Foundation
import Testing

/// Programs that judge what we write.
enum Tool {
    /// Runs a program and gives its exit status and everything it printed.
    static func run(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws -> (
        status: Int32, output: String
    ) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// What dciodvfy (package dicom3tools) has against the object: its lines that start with "Error".
    static func dciodvfyErrors(_ bytes: [UInt8]) throws -> [String] {
        let path = try Scratch.write(bytes)
        let (status, output) = try run("dciodvfy", [path])
        try #require(status != 127, "install dciodvfy: apt-get install -y dicom3tools")
        try #require(!output.contains("can't open"), "dciodvfy could not read \(path)")
        return output.split(separator: "\n").filter { $0.hasPrefix("Error") }.map(String.init)
    }

    /// The report as dsrdump (package dcmtk) prints it.
    static func dsrdump(_ bytes: [UInt8], _ options: [String] = []) throws -> String {
        let (status, output) = try run("dsrdump", options + [try Scratch.write(bytes)])
        try #require(status == 0, "dsrdump failed, or is absent (apt-get install -y dcmtk): \(output)")
        return output
    }

    /// The lines of dcmdump (package dcmtk) for these tags.
    static func dcmdump(_ bytes: [UInt8], _ tags: [String]) throws -> String {
        let options = tags.flatMap { ["+P", $0] }
        let (status, output) = try run("dcmdump", ["+L", "-q"] + options + [try Scratch.write(bytes)])
        try #require(status == 0, "dcmdump failed, or is absent (apt-get install -y dcmtk): \(output)")
        return output
    }
}

/// Files that live as long as the test process's temporary folder.
enum Scratch {
    /// A temporary folder of this process.
    static let folder: URL = {
        let url = FileManager.default.temporaryDirectory.appending(
            path: "glenoid-\(ProcessInfo.processInfo.processIdentifier)")
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }()

    /// Writes bytes to a new file and gives its path.
    static func write(_ bytes: [UInt8]) throws -> String {
        let url = folder.appending(path: UUID().uuidString + ".dcm")
        try Data(bytes).write(to: url)
        return url.path
    }
}
