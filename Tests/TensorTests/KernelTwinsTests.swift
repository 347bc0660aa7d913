import Foundation
import KernelTwins
import Tensor
import Testing

/// Every kernel of every table against the scalar one: the list is in `Tests/KernelTwins`, in C, because it also runs on
/// other kinds of CPU.
@Suite struct KernelTwinsTests {
    private final class Failures {
        var texts: [String] = []
    }

    @Test(arguments: Kernels.names)
    func everyKernelAgreesWithItsScalarTwin(table: String) {
        let failures = Failures()
        let caseCount = unsafe twins_compare(
            table,
            { text, context in
                guard let text = unsafe text, let context = unsafe context else { return }
                let failures = unsafe Unmanaged<Failures>.fromOpaque(context).takeUnretainedValue()
                unsafe failures.texts.append(String(cString: text))
            }, Unmanaged.passUnretained(failures).toOpaque())
        if caseCount == 0 {
            #expect(Kernels(named: table) == nil, "the list does not know the table")
            FileHandle.standardError.write(Data("TABLE ABSENT: this CPU cannot run \(table)\n".utf8))
        }
        #expect(
            failures.texts.isEmpty,
            "\(failures.texts.count) of \(caseCount) cases: \(failures.texts.prefix(20))")
    }

    /// The NEON table on this machine under qemu, by the same list.
    @Test func theTableOfAnotherCPUAgreesUnderEmulation() throws {
        #if arch(x86_64)
            let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../KernelTwins")
            let process = Process()
            let output = Pipe()
            process.executableURL = folder.appending(path: "run-neon").standardized
            process.standardOutput = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            guard process.terminationStatus != 77 else {
                FileHandle.standardError.write(Data("NEON NOT TESTED: \(text)".utf8))
                return
            }
            #expect(process.terminationStatus == 0, "\(text)")
        #endif
    }
}
