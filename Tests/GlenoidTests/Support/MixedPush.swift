// Pushes of everything a hospital sends, over several associations at once.
import Foundation
import Testing

/// Makes files of every kind and keeps what their senders were told.
final class MixedPush {
    /// A file and the identifier that reports name it by.
    struct Image {
        let path: String
        let uid: String
        let study: String
        /// The option that makes `storescu` propose its transfer syntax.
        let option: String
    }

    private let folder: String
    private let originals: [(path: String, option: String)]
    private var made: [Image] = []
    private var senders: [(process: Running, images: [Image])] = []
    private var random: SeededNumbers
    /// SOP Instance UIDs that were answered with 0x0000.
    private(set) var acknowledged: Set<String> = []
    /// Instances that were given to a sender, and associations.
    private(set) var sentCount = 0
    private(set) var associationCount = 0

    /// - Parameter seed: decides what is sent; when a process dies is decided by the clock all the same.
    init(in folder: String, seed: UInt64) throws {
        self.folder = folder
        random = SeededNumbers(state: seed)
        let small = try Radiographs.makeSmall(in: folder)
        let (runLength, lossless) = (folder + "/rle.dcm", folder + "/lossless.dcm")
        for (tool, arguments) in [("dcmcrle", [small, runLength]), ("dcmcjpeg", ["+e1", small, lossless])] {
            try #require(try Program.run(tool, arguments).status == 0)
        }
        originals = [(small, "-x="), (runLength, "-xr"), (lossless, "-xs"), (Fixtures.phantom, "-xt")]
    }

    /// One image: mostly new; sometimes of another modality, damaged, late for its study, or with other content under
    /// a known identifier.
    private func makeImage(_ original: (path: String, option: String)) throws -> Image {
        let kind = Int.random(in: 0..<100, using: &random)
        let known = made.randomElement(using: &random)
        if let known, kind < 8 { return known }
        let study = kind < 40 ? known?.study ?? Radiographs.uid() : Radiographs.uid()
        let isOtherContent = known != nil && kind >= 90
        let uid = isOtherContent ? known?.uid ?? "" : Radiographs.uid()
        var elements = [
            "(0020,000d)=\(isOtherContent ? known?.study ?? study : study)", "(0008,0018)=\(uid)",
            "(0020,4000)=\(UUID().uuidString)",
        ]
        if (80..<85).contains(kind) { elements.append("(0008,0060)=MR") }
        if (85..<90).contains(kind) { elements.append("(0028,0010)=9000") }
        let path = try Radiographs.make(elements, from: original.path, in: folder)
        let image = Image(
            path: path, uid: uid, study: isOtherContent ? known?.study ?? study : study,
            option: original.option)
        made.append(image)
        return image
    }

    /// Starts pushing so many images over each of so many associations.
    func start(to port: Int, associations: Int, images count: Int) throws {
        for number in 0..<associations {
            let original = originals[Int.random(in: 0..<originals.count, using: &random)]
            let images = try (0..<count).map { _ in try makeImage(original) }
                .filter { $0.option == original.option }
            guard !images.isEmpty else { continue }
            let log = "\(folder)/sender-\(associationCount).log"
            let process = try Running(
                "storescu",
                ["-v", "-aec", "GLENOID", "-aet", "SENDER\(number)", original.option, "127.0.0.1", "\(port)"]
                    + images.map(\.path), logPath: log)
            senders.append((process, images))
            associationCount += 1
            sentCount += images.count
        }
    }

    /// Waits for the senders and keeps what they were told.
    func finish() {
        for (process, images) in senders {
            process.wait()
            let told = Set(Promise.acknowledged(in: process.log, of: images.map(\.path)))
            acknowledged.formUnion(images.filter { told.contains($0.path) }.map(\.uid))
        }
        senders = []
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine.
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
