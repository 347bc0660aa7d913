// Disks that are full, fail, are read-only or slow, and the memory that the system keeps of them.
import Foundation
import TestMaterial
import Testing
import WorkQueue

/// A small file system in memory, for tests that fill it up; gone when the test ends.
private final class SmallDisk {
    let path = FileManager.default.temporaryDirectory.path + "/glenoid-disk-\(UUID().uuidString)"

    /// Nil where this user may not mount: the tests then say loudly that they did not run.
    init?(megabytes: Int) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let mount = try Program.run("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path])
        guard mount.status == 0 else {
            print("NOT TESTED: mounting a file system needs root and CAP_SYS_ADMIN: \(mount.errors)")
            return nil
        }
    }

    deinit {
        _ = try? Program.run("umount", ["-l", path])
        unsafe rmdir(path)  // only where it is empty: what is still mounted stays
    }

    func remount(_ option: String) throws {
        let run = try Program.run("mount", ["-o", "remount,\(option)", path])
        try #require(run.status == 0, "\(run.errors)")
    }

    var freeBytes: Int64 {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return 0 }
        return Int64(status.f_bavail) * Int64(status.f_frsize)
    }

    /// Takes all the space there is.
    func fill() throws { _ = try Program.run("dd", ["if=/dev/zero", "of=\(path)/ballast", "bs=64k"]) }
    func empty() throws { try FileManager.default.removeItem(atPath: path + "/ballast") }
}

@Suite("Disks", .serialized)
struct DiskTests {
    /// Uncompressed radiographs of 2.5 MB, each a study.
    private func radiographs(_ count: Int, in folder: String) throws -> [String] {
        let plain = folder + "/plain.dcm"
        try #require(try Program.run("dcmdjpls", [Fixtures.phantom, plain]).status == 0)
        return try (0..<count).map { _ in
            try Radiographs.make(
                ["(0020,000d)=\(Radiographs.uid())", "(0008,0018)=\(Radiographs.uid())"], from: plain,
                in: folder)
        }
    }

    private func uids(_ files: [String]) throws -> Set<String> {
        Set(try files.map { try Radiographs.value("SOPInstanceUID", of: $0) })
    }

    /// Pushes the files again and again until each was taken; those that were refused at first.
    @discardableResult
    private func pushUntilTaken(_ files: [String], to hospital: Hospital) throws -> [String] {
        var left = files
        var refused: [String] = []
        _ = try eventually(within: 90) {
            let told = try hospital.push(left, ["-nh"])
            let taken = Set(Promise.acknowledged(in: told.output + told.errors, of: left))
            left.removeAll(where: taken.contains)
            refused += left
            return left.isEmpty
        }
        #expect(left.isEmpty, "never taken: \(left.count) of \(files.count):\n\(notable(hospital))")
        return refused
    }

    /// The log without what repeats with every image.
    private func notable(_ hospital: Hospital) -> String {
        hospital.log.split(separator: "\n").filter { !$0.contains(" receiving: ") }.suffix(60)
            .joined(separator: "\n")
    }

    private func expectReported(_ files: [String], in hospital: Hospital) throws {
        let wanted = try uids(files)
        var fates: [String: Fate] = [:]
        let isDone = try eventually(within: 90) {
            fates = try Promise.fates(of: wanted, in: hospital)
            return fates.values.allSatisfy { $0 == .reported }
        }
        #expect(isDone, "\(fates)\n\(hospital.log.suffix(4000))")
    }

    @Test("a disk that fills up is refused to senders before the reserve is touched, and recovers by itself")
    func fullDisk() throws {
        guard let disk = try SmallDisk(megabytes: 64) else { return }
        let hospital = try Hospital(
            spool: ", purgeBelow: 20MB", bundle: try Fixtures.quickBundle(in: disk.path), store: disk.path)
        let files = try radiographs(30, in: hospital.folder)
        try hospital.open()
        // Nothing can be delivered, so nothing is finished, and nothing may be purged.
        let sender = try Running(
            "storescu", ["-v", "-nh", "-aec", "GLENOID", "127.0.0.1", "\(hospital.port)"] + files,
            logPath: hospital.folder + "/sender.log")
        var freeBytes = disk.freeBytes
        while sender.isRunning {
            freeBytes = min(freeBytes, disk.freeBytes)
            Thread.sleep(forTimeInterval: 0.002)
        }
        let taken = Promise.acknowledged(in: sender.log, of: files)
        #expect(
            sender.log.contains("OutOfResources") || sender.log.contains("Out of Resources"), "\(sender.log)")
        #expect((5..<files.count).contains(taken.count))
        // Reports and the queue may use the reserve; they are some kilobytes an image.
        #expect(freeBytes > 9 << 20, "\(freeBytes) bytes were free at the least")
        #expect(try visible(in: disk.path) == taken.count)
        #expect(try hospital.echo() == 0)

        // The destination comes back: work is finished, purged, and there is room.
        try hospital.openPACS()
        try pushUntilTaken(files, to: hospital)
        let wanted = try uids(files)
        let named = try eventually(within: 90) {
            wanted == Set(try Promise.standing(hospital.reports).flatMap(\.images))
        }
        #expect(named, "\(hospital.log.suffix(4000))")
        #expect(try Promise.standing(hospital.reports).count == files.count)
    }

    @Test("a disk without a byte left takes nothing, loses nothing, and works when there is space again")
    func brimfulDisk() throws {
        guard let disk = try SmallDisk(megabytes: 64) else { return }
        let hospital = try Hospital(bundle: try Fixtures.quickBundle(in: disk.path), store: disk.path)
        let files = try radiographs(6, in: hospital.folder)
        try hospital.open()
        try pushUntilTaken(Array(files[..<3]), to: hospital)
        try disk.fill()
        let refused = try hospital.push(Array(files[3...]), ["-nh"])
        #expect(Promise.acknowledged(in: refused.output + refused.errors, of: files).isEmpty)
        // The PACS is there now, but neither reports nor answers can be written down.
        try hospital.openPACS()
        Thread.sleep(forTimeInterval: 1)
        #expect(try hospital.echo() == 0)
        try disk.empty()
        try pushUntilTaken(Array(files[3...]), to: hospital)
        try expectReported(files, in: hospital)
    }

    @Test("a spool that is mounted read-only takes nothing and works when it is mounted writable again")
    func readOnlySpool() throws {
        guard let disk = try SmallDisk(megabytes: 64) else { return }
        let hospital = try Hospital(
            bundle: try Fixtures.quickBundle(in: NSTemporaryDirectory() + UUID().uuidString))
        // The spool alone: SQLite holds its files open for writing, so that nobody can mount them read-only.
        try FileManager.default.createSymbolicLink(
            atPath: hospital.folder + "/spool", withDestinationPath: disk.path)
        let files = try radiographs(4, in: hospital.folder)
        try hospital.openPACS()
        try hospital.open()
        try pushUntilTaken(Array(files[..<2]), to: hospital)
        try expectReported(Array(files[..<2]), in: hospital)
        try disk.remount("ro")
        let refused = try hospital.push(Array(files[2...]), ["-nh"])
        #expect(Promise.acknowledged(in: refused.output + refused.errors, of: files).isEmpty)
        #expect(try hospital.echo() == 0)
        try disk.remount("rw")
        try pushUntilTaken(Array(files[2...]), to: hospital)
        try expectReported(files, in: hospital)
    }

    /// Every point at which a call to the disk can fail, with each of three errors, while images come and go.
    @Test("a write, sync, rename or commit that fails is answered with a refusal and done again")
    func failingCalls() throws {
        let errors = ["ENOSPC", "EIO", "EROFS"]
        let faults = FaultPoint.allCases.filter { $0.canFail && $0 != .purgeCommitted }.flatMap { point in
            errors.enumerated().map {
                "\(point.rawValue):\($1):\(point.rawValue.hasPrefix("queue") ? 6 * $0 + 5 : $0 + 1)"
            }
        }
        let hospital = try Hospital(
            bundle: try Fixtures.quickBundle(in: NSTemporaryDirectory() + UUID().uuidString))
        try hospital.openPACS()
        try hospital.open(environment: ["GLENOID_FAULT": faults.joined(separator: ",")])
        let files = try Radiographs.make(14, in: hospital.folder)
        var refused: [String] = []
        for start in stride(from: 0, to: files.count, by: 2) {
            refused += try push(Array(files[start..<start + 2]), to: hospital)
        }
        #expect(refused.count >= 9, "\(refused.count) refusals")
        try expectReported(files, in: hospital)
        // A file whose row may or may not be there after an error stays until the next start knows.
        hospital.close()
        try hospital.open()
        #expect(try visible(in: hospital.folder) == files.count)
    }

    /// Two of five commits happen although the caller is told that they failed: what was claimed by one must not wait for
    /// the end of its lease, which is minutes away. Two of five, since claims and ends alternate: of every second commit
    /// none may be a claim.
    @Test("claims whose commit was answered with an error do not hold up the work")
    func doubtfulClaims() throws {
        let hospital = try Hospital(
            bundle: try Fixtures.quickBundle(in: NSTemporaryDirectory() + UUID().uuidString))
        try hospital.openPACS()
        let faults = (4...30).filter { [0, 2].contains($0 % 5) }.map { "queue.committed:EIO:\($0)" }
        try hospital.open(environment: ["GLENOID_FAULT": faults.joined(separator: ",")])
        let files = try Radiographs.make(4, in: hospital.folder)
        _ = try push(files, to: hospital)
        try expectReported(files, in: hospital)
    }

    private func push(_ files: [String], to hospital: Hospital) throws -> [String] {
        var left = files
        var refused: [String] = []
        _ = try eventually(within: 60) {
            let told = try hospital.push(left, ["-nh", "-xt"])
            let taken = Set(Promise.acknowledged(in: told.output + told.errors, of: left))
            left.removeAll(where: taken.contains)
            refused += left
            return left.isEmpty
        }
        return refused
    }

    @Test("a disk on which every sync takes a fifth of a second slows senders down and nothing else")
    func slowSync() throws {
        let hospital = try Hospital(
            bundle: try Fixtures.quickBundle(in: NSTemporaryDirectory() + UUID().uuidString))
        try hospital.openPACS()
        try hospital.open(through: [
            Program.find("strace"), "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e",
            "inject=fsync,fdatasync:delay_exit=200000", "--",
        ])
        let files = try Radiographs.make(8, in: hospital.folder)
        let senders = try (0..<4).map { lane in
            try Running(
                "storescu",
                ["-v", "-aec", "GLENOID", "-xt", "127.0.0.1", "\(hospital.port)"]
                    + files[2 * lane..<2 * lane + 2],
                logPath: "\(hospital.folder)/sender-\(lane).log")
        }
        #expect(try hospital.echo() == 0)
        for sender in senders { #expect(sender.wait() == 0, "\(sender.log)") }
        try expectReported(files, in: hospital)
        let children = try Program.run("pgrep", ["-P", "\(try #require(hospital.daemon).processIdentifier)"])
        for child in children.output.split(separator: "\n") {
            _ = try Program.run("kill", ["-KILL", String(child)])
        }
    }

    @Test(
        "the memory of an image's pixels is given back, whether a model wants it, none does, or there is none"
    )
    func pageCache() throws {
        for (isThereAModel, bodyPart) in [(true, "SHOULDER"), (true, "CHEST"), (false, "SHOULDER")] {
            let hospital = try Hospital(bundle: isThereAModel ? Fixtures.bundle : nil)
            guard try !PageCache.isTmpfs(hospital.folder) else {
                print("NOT TESTED: \(hospital.folder) is a tmpfs")
                return
            }
            try hospital.open()
            let plain = hospital.folder + "/plain.dcm"
            try #require(try Program.run("dcmdjpls", [Fixtures.phantom, plain]).status == 0)
            let file = try Radiographs.make(
                ["(0018,0015)=\(bodyPart)"], erase: ["(0008,2218)"], from: plain, in: hospital.folder)
            #expect(try hospital.push([file]).status == 0)
            let instances = hospital.folder + "/spool/instances"
            let kept = try #require(
                try FileManager.default.subpathsOfDirectory(atPath: instances).first {
                    $0.hasSuffix(".dcm")
                })
            // 2.5 MB, of which the system keeps its beginning and its end, in pieces of its own choosing.
            #expect(
                try eventually {
                    try PageCache.residentPages(of: "\(instances)/\(kept)").count * PageCache.pageBytes
                        < 1_200_000
                }, "\(isThereAModel) \(bodyPart)")
        }
    }

    /// Instances in their places in the spool, none in flight.
    private func visible(in store: String) throws -> Int {
        let isEmpty = try eventually(within: 5) {
            try FileManager.default.contentsOfDirectory(atPath: store + "/spool/incoming").isEmpty
        }
        #expect(isEmpty, "files are left in flight")
        let all = try FileManager.default.subpathsOfDirectory(atPath: store + "/spool/instances")
        return all.count { $0.hasSuffix(".dcm") }
    }
}
