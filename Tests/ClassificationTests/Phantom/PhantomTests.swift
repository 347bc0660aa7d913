import Dicom
import Foundation
import Testing

/// The radiograph that `make demo` pushes, and what the other tests classify.
///
/// To draw it anew: `GLENOID_WRITE_PHANTOM=/tmp/native.dcm swift test -c release --filter PhantomTests`, then
/// `dcmcjpls +un /tmp/native.dcm Tests/Fixtures/phantom.dcm` (package dcmtk; `+un` keeps the identifiers).
@Suite("The phantom radiograph")
struct PhantomTests {
    /// The seed of the committed fixture.
    static let phantom = Phantom(seed: 20_260_102)

    /// The committed fixture.
    static let fixture = URL(fileURLWithPath: #filePath).appending(path: "../../../Fixtures/phantom.dcm")
        .standardized

    @Test func theFixtureIsWhatTheProgramDraws() throws {
        let native = try Scratch.write([])
        let (status, output) = try Tool.run("dcmdjpls", [Self.fixture.path, native])
        try #require(status == 0, "dcmdjpls failed, or is absent (apt-get install -y dcmtk): \(output)")
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: native)))
        let frame = bytes.suffix(Phantom.rows * Phantom.columns * 2)
        for rowIndex in stride(from: 5, to: Phantom.rows, by: 160) {
            let start = frame.startIndex + rowIndex * Phantom.columns * 2
            let stored = (0..<Phantom.columns).map {
                Int(frame[start + 2 * $0]) | Int(frame[start + 2 * $0 + 1]) << 8
            }
            let drawn = Self.phantom.row(rowIndex).map(Int.init)
            // Another C library may round a sine otherwise.
            #expect(zip(stored, drawn).allSatisfy { abs($0 - $1) <= 1 }, "row \(rowIndex)")
        }
    }

    @Test func theFixtureIsAValidRadiographOfASmallSize() throws {
        let bytes = try [UInt8](Data(contentsOf: Self.fixture))
        #expect(bytes.count < 1_500_000)
        #expect(try Tool.dciodvfyErrors(bytes) == [])
        let dump = try Tool.dcmdump(
            bytes, ["0018,0015", "0020,0062", "0028,0101", "0028,0004", "0008,0060", "0002,0010"])
        for value in ["[SHOULDER]", "[L]", "US 12", "[MONOCHROME2]", "[DX]", "=JPEGLSLossless"] {
            #expect(dump.contains(value), "\(value)")
        }
    }

    @Test func anotherSeedIsAnotherExposureOfTheSameShoulder() {
        let rowIndex = Phantom.rows / 2
        let (one, two) = (Self.phantom.row(rowIndex), Phantom(seed: 1).row(rowIndex))
        #expect(one != two)
        let differences = zip(one, two).map { abs(Int($0) - Int($1)) }
        #expect((differences.max() ?? 0) < 200)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["GLENOID_WRITE_PHANTOM"] != nil))
    func writeItAnew() throws {
        let path = try #require(ProcessInfo.processInfo.environment["GLENOID_WRITE_PHANTOM"])
        try Data(Self.phantom.object.part10).write(to: URL(fileURLWithPath: path))
    }
}
