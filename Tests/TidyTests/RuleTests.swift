import Testing

/// Each rule is seen to fail once, on a sample planted here; and to let the right thing pass.
@Suite struct RuleTests {
    private func swift(_ text: String, path: String = "Sources/Daemon/Sample.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    @Test(
        arguments: [
            ("Sources/Daemon/A.swift", "import EfficientNet", "Daemon may not import EfficientNet"),
            ("Sources/Dicom/A.swift", "internal import Tensor", "Dicom may not import Tensor"),
            ("Sources/Tensor/A.swift", "import struct GRDB.Row", "Tensor may not import GRDB"),
            (
                "Sources/Classification/A.swift", "@preconcurrency import WorkQueue",
                "may not import WorkQueue"
            ),
            ("Sources/Dicom/A.swift", "package import CDCMTK", "the import of CDCMTK must be internal"),
            ("Sources/Utils/A.swift", "let x = 1", "the import table has no room Utils"),
        ]) func importOfAnUpperRoomIsFound(path: String, line: String, message: String)
    {
        let slips = ImportRule.slips(in: swift(line, path: path))
        #expect(slips.contains { $0.text.contains(message) }, "\(slips)")
    }

    @Test(
        arguments: [
            ("Sources/Daemon/A.swift", "package import WorkQueue\ninternal import Foundation"),
            (
                "Sources/Dicom/A.swift",
                "internal import CDCMTK\n// import Tensor\nlet text = \"import Tensor\""
            ),
        ]) func importOfALowerRoomPasses(path: String, text: String)
    {
        #expect(ImportRule.slips(in: swift(text, path: path)).isEmpty)
    }

    @Test func arrowUpwardsInTheTableIsFound() {
        let rooms = [
            ImportRule.Room(name: "A", level: 1, rooms: ["B"], libraries: []),
            ImportRule.Room(name: "B", level: 2, rooms: [], libraries: []),
        ]
        #expect(ImportRule.upwardArrows(in: rooms) == ["A → B"])
    }

    @Test(
        arguments: [
            ("Sources/CKernels/a.c", "#include <openssl/evp.h>"),
            ("Sources/CKernels/a.c", "#include <cblas.h>"),
            ("Sources/CDCMTK/a.cpp", "#include <hdf5.h>"),
            ("Sources/CDCMTK/a.hpp", "#  include \"orthanc/x.h\""),
        ]) func includeOfAnotherLibraryIsFound(path: String, line: String)
    {
        let file = SourceFile(path: path, text: line.replacing("#  include", with: "# include"))
        #expect(ImportRule.includeSlips(in: file).count == 1)
    }

    @Test func includeOfOwnAndStandardHeadersPasses() {
        let text =
            "#include <vector>\n#include <stdint.h>\n#include \"Guard.hpp\"\n#include \"dcmtk/dcmdata/dctk.h\""
        #expect(ImportRule.includeSlips(in: SourceFile(path: "Sources/CDCMTK/a.cpp", text: text)).isEmpty)
    }

    /// One planted sample a rule: path, code, and the rule that must find it.
    private static let planted: [(path: String, code: String, rule: String)] = [
        ("Sources/Daemon/A.swift", "let x = try! load()", "try!"),
        ("Tests/DaemonTests/A.swift", "let x = y as! Int", "as!"),
        ("Sources/Daemon/A.swift", "let x = list.first!.name", "force unwrap"),
        ("Tests/DaemonTests/A.swift", "call(values[0]!)", "force unwrap"),
        ("Sources/Daemon/A.swift", "var x: Int!", "force unwrap"),
        ("Sources/Daemon/A.swift", "fatalError(reason)", "fatalError"),
        ("Sources/Daemon/A.swift", "    print(value)", "print"),
        ("Tests/DaemonTests/A.swift", "@testable import Daemon", "@testable"),
        ("Sources/Daemon/A.swift", "Thread.sleep(forTimeInterval: 1)", "sleep"),
        ("Sources/Daemon/A.swift", "usleep(1000)", "sleep"),
        ("Sources/Daemon/A.swift", "@_transparent func f() {}", "underscored attribute"),
        ("Sources/Daemon/A.swift", "public struct A {}", "public"),
        ("Sources/Daemon/A.swift", "open class A {}", "public"),
        ("Sources/Daemon/A.swift", "do { try f() } catch { }", "empty catch"),
        ("Sources/CDCMTK/a.cpp", "std::cerr << patient;", "output from C"),
        ("Sources/CKernels/a.c", "printf(fmt, x);", "output from C"),
        ("Sources/CKernels/a.c", "float *p = malloc(n);", "allocation in a kernel"),
        ("Package.swift", "unsafeFlags([\"-Ounchecked\"])", "unchecked arithmetic"),
    ]

    @Test func everyBannedCallIsFoundInAPlantedSample() {
        for sample in Self.planted {
            let slips = BannedCode.slips(in: SourceFile(path: sample.path, text: sample.code))
            #expect(
                slips.contains { $0.text.hasPrefix(sample.rule + ":") },
                "\(sample.rule): \(sample.code): \(slips)")
        }
        let rules = Set(BannedCode.rules.map(\.name))
        #expect(
            rules == Set(Self.planted.map(\.rule)), "a rule without a planted sample, or the other way round")
    }

    @Test(
        arguments: [
            "if !isReady && x != y, a! = b { }", "// try! and print(x) and fatalError()",
            "let s = \"as! print(x)!\"",
            "queue.fingerprint(x)", "try await Task.sleep(for: .seconds(1))",
            "guard !values.isEmpty else { return }",
            "let public_ = 1", "catch { count += 1 }", "#\"\"\"\nprint(\"x\")!\n\"\"\"#",
            "/* a /* try! */ print(x) */",
        ]) func innocentCodePasses(code: String)
    {
        // `a! = b` is no Swift; it stands for the `!=` that the rule must not take for an unwrap.
        let file = swift(code.replacing("a! = b", with: "a!=b"))
        #expect(BannedCode.slips(in: file).isEmpty, "\(BannedCode.slips(in: file))")
    }

    @Test func exceptionCoversItsFileOnly() {
        var rule = BannedCode.rules[0]
        rule.exceptions = ["Sources/Daemon/A.swift": "planted"]
        let code = "try! f()"
        #expect(BannedCode.slips(in: swift(code, path: "Sources/Daemon/A.swift"), rules: [rule]).isEmpty)
        #expect(BannedCode.slips(in: swift(code, path: "Sources/Daemon/B.swift"), rules: [rule]).count == 1)
    }

    @Test func longFileIsFoundUnlessListed() {
        let file = swift(String(repeating: "let x = 1\n", count: 401))
        #expect(ShapeRules.lengthSlips(in: file).count == 1)
        #expect(ShapeRules.lengthSlips(in: file, listed: [file.path: "planted"]).isEmpty)
        #expect(ShapeRules.lengthSlips(in: swift(String(repeating: "let x = 1\n", count: 399))).isEmpty)
    }

    @Test func longFunctionIsFoundUnlessListed() {
        let body = String(repeating: "    call()\n", count: 60)
        let file = swift("struct A {\n  package static func long(\n    x: Int\n  ) {\n\(body)  }\n}\n")
        #expect(ShapeRules.functionSlips(in: file).map(\.text) == ["long has 64 lines"])
        #expect(ShapeRules.functionSlips(in: file, listed: ["\(file.path):long": "planted"]).isEmpty)
        let requirements =
            "protocol P {\n  func a()\n  func b()\n}\n" + String(repeating: "let x = 1\n", count: 90)
        #expect(ShapeRules.functionSlips(in: swift(requirements)).isEmpty)
    }

    @Test func undocumentedDeclarationIsFound() {
        let slips = ShapeRules.documentationSlips(
            in: swift(
                "package struct A {\n    // not this\n    package init() {}\n    /// This.\n    package var x = 1\n}\n"
            ))
        #expect(slips.map(\.line) == [1, 3])
        let documented =
            "/// A.\n@safe\npackage struct A: B {\n    package var description: String { x }\n}\npackage import C\n"
        #expect(ShapeRules.documentationSlips(in: swift(documented)).isEmpty)

        let witness = swift("package func claim(max: Int) {}\npackage func other() {}\n")
        let asked = ShapeRules.requirements(
            in: swift("package protocol P {\n    func claim(\n        max: Int)\n}\n"))
        #expect(ShapeRules.documentationSlips(in: witness, requirements: asked).map(\.line) == [2])
    }

    @Test func markWithoutANumberIsFound() {
        #expect(ShapeRules.markSlips(in: swift("// TO" + "DO: later")).count == 1)
        #expect(ShapeRules.markSlips(in: swift("// TO" + "DO(#12): later\nlet toDo = 1")).isEmpty)
    }

    @Test func machinePathIsFound() {
        #expect(ShapeRules.pathSlips(in: swift("let x = \"/wo" + "rk/main\"")).count == 1)
        #expect(ShapeRules.pathSlips(in: swift("let x = \"/var/lib/glenoid\"")).isEmpty)
    }

    @Test func testFileWithoutAnAssertionIsFound() {
        let path = "Tests/DaemonTests/ATests.swift"
        #expect(
            ShapeRules.testFileSlips(in: swift("import Testing\n@Test func a() {}", path: path)).count == 1)
        #expect(ShapeRules.testFileSlips(in: swift("@Test func a() { #expect(x) }", path: path)).count == 1)
        #expect(ShapeRules.testFileSlips(in: swift("import Testing\n// #expect(x)", path: path)).count == 1)
        #expect(ShapeRules.testFileSlips(in: swift("import Testing\n#expect(x)", path: path)).isEmpty)
    }

    @Test func uncheckedWithoutAReasonIsFound() {
        let sample = "\nfinal class A: @unchecked Sendable {\n"
        #expect(ShapeRules.uncheckedSlips(in: swift(sample)).count == 1)
        #expect(ShapeRules.uncheckedSlips(in: swift("/// Confined to its thread." + sample)).isEmpty)
    }

    @Test(
        arguments: [
            ("a // b\nc", "a     \nc"), ("\"x\" + y", "    + y"), ("\"a\\\"b\" c", "       c"),
            ("#\"a\"b\"# c", "        c"), ("'\"' x", "    x"), ("1'000 x", "1'000 x"),
            ("/* a\n/* b */ c */ d", "    \n             d"),
            ("\"\"\"\n\"\n\"\"\" a", "   \n \n    a"),
        ]) func commentsAndStringsAreBlanked(text: String, code: String)
    {
        #expect(SourceCode.blanked(text) == code)
    }
}
