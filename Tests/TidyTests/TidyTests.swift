import Testing

@Suite struct TidyTests {
    @Test func theTreeIsThere() {
        // A wrong folder would make every other test here pass.
        let paths = Set(SourceTree.files.map(\.path))
        #expect(paths.isSuperset(of: ["Package.swift", "Makefile", "conf/glenoid.yaml", ".ci/run"]))
        #expect(SourceTree.files.filter(\.isInSources).count > 100)
        for room in ImportRule.rooms {
            #expect(SourceTree.files.contains { $0.room == room.name }, "\(room.name) is in the table only")
        }
    }

    @Test func roomsImportOnlyDownwards() {
        #expect(ImportRule.upwardArrows(in: ImportRule.rooms).isEmpty)
        expectNone(SourceTree.files.flatMap { ImportRule.slips(in: $0) })
        expectNone(SourceTree.files.flatMap { ImportRule.includeSlips(in: $0) })
    }

    @Test func bannedCodeIsNotWritten() {
        expectNone(SourceTree.files.flatMap { BannedCode.slips(in: $0) })
    }

    @Test func exceptionsAreStillNeeded() {
        for rule in BannedCode.rules {
            for path in rule.exceptions.keys {
                let file = SourceTree.files.first { $0.path == path }
                #expect(
                    file?.code.contains(where: rule.isBroken) == true,
                    "\(rule.name): \(path) needs no exception")
            }
        }
        for path in ShapeRules.longFiles.keys {
            let count = SourceTree.files.first { $0.path == path }?.lines.count ?? 0
            #expect(count > ShapeRules.fileLinesMax, "\(path) need not be listed")
        }
    }

    @Test func filesAndFunctionsAreShort() {
        expectNone(SourceTree.files.flatMap { ShapeRules.lengthSlips(in: $0) })
        expectNone(SourceTree.files.flatMap { ShapeRules.functionSlips(in: $0) })
    }

    @Test func declarationsAreDocumented() {
        let requirements = SourceTree.files.reduce(into: Set<String>()) { names, file in
            names.formUnion(ShapeRules.requirements(in: file))
        }
        expectNone(
            SourceTree.files.flatMap { ShapeRules.documentationSlips(in: $0, requirements: requirements) })
    }

    @Test func uncheckedCodeSaysWhy() {
        expectNone(SourceTree.files.flatMap { ShapeRules.uncheckedSlips(in: $0) })
    }

    @Test func marksHaveNumbers() {
        expectNone(SourceTree.files.flatMap { ShapeRules.markSlips(in: $0) })
    }

    @Test func noPathOfOneMachine() {
        expectNone(SourceTree.files.flatMap { ShapeRules.pathSlips(in: $0) })
    }

    @Test func testFilesTest() {
        expectNone(SourceTree.files.flatMap { ShapeRules.testFileSlips(in: $0) })
    }

    private func expectNone(_ slips: [Slip], sourceLocation: SourceLocation = #_sourceLocation) {
        let list = slips.map(\.description).joined(separator: "\n")
        #expect(slips.isEmpty, "\(list)", sourceLocation: sourceLocation)
    }
}
