import Daemon
import Foundation
import WorkQueue

/// A disk in memory that forgets what was not synced when the power goes, and fails when told to.
///
/// A file's content survives a power failure only if it was synced; a name, or the absence of one, only if its folder
/// was synced since. That is the least a file system must give, and less than most do.
final class SimulatedDisk: SpoolDisk, @unchecked Sendable {
    // Unchecked: everything mutable is only touched with `guardian` locked.
    private let guardian = NSRecursiveLock()
    private var nodes: [Int: Node] = [:]
    private var current: [String: Int] = [:]
    private var durable: [String: Int] = [:]
    private var folders: Set<String> = []
    private var nextNode = 0
    private var lockHolder: Weak?
    private var free: Int64 = 1 << 40
    private var fault: (String, String) -> SpoolError? = { _, _ in nil }
    private var calls: [String] = []

    /// When every file last changed its place.
    let lastChange = ManualTime().now()

    private struct Node {
        var bytes: [UInt8]
        var isSynced = false
    }

    private final class Holder: SpoolLock {}
    private struct Weak { weak var holder: Holder? }

    /// Everything asked so far, as `operation path`.
    var log: [String] { guardian.withLock { calls } }
    /// The files that are there now.
    var files: Set<String> { guardian.withLock { Set(current.keys) } }
    var freeBytes: Int64 {
        get { guardian.withLock { free } }
        set { guardian.withLock { free = newValue } }
    }

    /// Decides, for an operation and a path, whether it fails.
    func onCall(_ decide: @escaping (_ operation: String, _ path: String) -> SpoolError?) {
        guardian.withLock { fault = decide }
    }

    /// The process dies; the files stay as they are and the lock is free.
    func killProcess() {
        guardian.withLock { lockHolder = nil }
    }

    /// The power goes: whatever was not synced is lost, except what happened to reach the disk all the same.
    func losePower(survives: () -> Bool = { false }) {
        guardian.withLock {
            lockHolder = nil
            for (path, node) in current.sorted(by: { $0.key < $1.key }) where durable[path] != node {
                if survives() { durable[path] = node }
            }
            for path in durable.keys.sorted() where current[path] == nil {
                if survives() { durable[path] = nil }
            }
            for node in durable.values.sorted() where nodes[node]?.isSynced == false {
                if !survives() { nodes[node]?.bytes = [] }
            }
            current = durable
        }
    }

    func content(_ path: String) -> [UInt8]? {
        guardian.withLock { current[path].flatMap { nodes[$0]?.bytes } }
    }

    /// What the network side does: a file appears, unsynced.
    func receive(_ bytes: [UInt8], at path: String) {
        guardian.withLock { create(path, bytes) }
    }

    private func create(_ path: String, _ bytes: [UInt8]) {
        nextNode += 1
        nodes[nextNode] = Node(bytes: bytes)
        current[path] = nextNode
    }

    private func note(_ operation: String, _ path: String) throws(SpoolError) {
        calls.append("\(operation) \(path)")
        if let error = fault(operation, path) { throw error }
    }

    private func absent(_ operation: String, _ path: String) -> SpoolError {
        .world(operation: operation, path: path, errorNumber: ENOENT)
    }

    private func locked<Value>(_ body: () throws(SpoolError) -> Value) throws(SpoolError) -> Value {
        guardian.lock()
        defer { guardian.unlock() }
        return try body()
    }

    func makeFolder(_ path: String) throws(SpoolError) -> Bool {
        try locked { () throws(SpoolError) in
            try note("mkdir", path)
            return folders.insert(path).inserted
        }
    }

    func write(_ bytes: [UInt8], to path: String) throws(SpoolError) {
        try locked { () throws(SpoolError) in
            do throws(SpoolError) {
                try note("write", path)
            } catch {
                create(path, Array(bytes.prefix(bytes.count / 2)))
                throw error
            }
            create(path, bytes)
        }
    }

    func read(_ path: String) throws(SpoolError) -> [UInt8]? {
        try locked { () throws(SpoolError) in
            try note("read", path)
            return content(path)
        }
    }

    /// Nothing here depends on what the system keeps in memory.
    func release(_ range: Range<Int64>, of path: String) {}

    func sync(file path: String) throws(SpoolError) -> Int64 {
        try locked { () throws(SpoolError) in
            try note("fdatasync", path)
            guard let node = current[path], let bytes = nodes[node]?.bytes else { throw absent("open", path) }
            nodes[node]?.isSynced = true
            return Int64(bytes.count)
        }
    }

    func sync(folder path: String) throws(SpoolError) {
        try locked { () throws(SpoolError) in
            try note("fsync", path)
            let inside = { (name: String) in
                name.hasPrefix(path + "/") && !name.dropFirst(path.count + 1).contains("/")
            }
            for name in durable.keys.filter(inside) where current[name] == nil { durable[name] = nil }
            for (name, node) in current where inside(name) { durable[name] = node }
        }
    }

    func rename(_ path: String, to newPath: String) throws(SpoolError) {
        try locked { () throws(SpoolError) in
            try note("rename", newPath)
            guard let node = current.removeValue(forKey: path) else { throw absent("rename", path) }
            current[newPath] = node
        }
    }

    func remove(_ path: String) throws(SpoolError) {
        try locked { () throws(SpoolError) in
            try note("unlink", path)
            current[path] = nil
        }
    }

    func names(in folder: String) throws(SpoolError) -> [String] {
        try locked { () throws(SpoolError) in
            try note("readdir", folder)
            let names = (Array(current.keys) + Array(folders)).filter { $0.hasPrefix(folder + "/") }
            return Array(Set(names.map { String($0.dropFirst(folder.count + 1).prefix { $0 != "/" }) }))
        }
    }

    func lastChange(of path: String) throws(SpoolError) -> Timestamp? {
        content(path) == nil ? nil : lastChange
    }

    func space(at path: String) throws(SpoolError) -> SpoolSpace {
        SpoolSpace(freeBytes: freeBytes, totalBytes: 1 << 40)
    }

    func lock(_ path: String) throws(SpoolError) -> (any SpoolLock)? {
        guardian.withLock {
            guard lockHolder?.holder == nil else { return nil }
            let holder = Holder()
            lockHolder = Weak(holder: holder)
            return holder
        }
    }
}
