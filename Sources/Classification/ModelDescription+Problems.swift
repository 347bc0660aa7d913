internal import Dicom
internal import EfficientNet

/// What a description may say. Each rule names its key, what was found and what is allowed.
extension ModelDescription {
    /// Everything that is not allowed in this description; empty where it is sound.
    package var problems: [ModelBundleError] {
        networkProblems + preparationProblems + labelProblems + schemeProblems + decisionProblems
            + fileProblems
    }

    private var networkProblems: [ModelBundleError] {
        var found = Problems()
        found.require(
            format == Self.currentFormat, "format", "is \(format); this program reads \(Self.currentFormat)")
        found.requireText(name, "name", lengthMax: 64)
        found.requireText(version, "version", lengthMax: 64)
        found.require(
            Architecture(named: architecture) != nil, "architecture",
            "is \"\(architecture)\"; b0 to b7 are known")
        let sides = NetworkSettings.sides
        found.require(
            sides.contains(side), "side", "is \(side); \(sides.lowerBound) to \(sides.upperBound) is allowed")
        found.require(
            batchNormEpsilon > 0 && batchNormEpsilon <= 0.1, "batchNormEpsilon",
            "is \(batchNormEpsilon); above 0 to 0.1 is allowed")
        return found.list
    }

    private var preparationProblems: [ModelBundleError] {
        var found = Problems()
        found.require(
            preparation.scale.isFinite && preparation.scale > 0, "preparation.scale",
            "is \(preparation.scale); a number above 0 is allowed")
        found.require(
            preparation.mean.count == 3 && preparation.mean.allSatisfy(\.isFinite), "preparation.mean",
            "must hold 3 numbers, one a channel")
        found.require(
            preparation.standardDeviation.count == 3
                && preparation.standardDeviation.allSatisfy { $0.isFinite && $0 > 0 },
            "preparation.standardDeviation", "must hold 3 numbers above 0, one a channel")
        return found.list
    }

    private var labelProblems: [ModelBundleError] {
        var found = Problems()
        found.require(
            (2...Self.labelCountMax).contains(labels.count), "labels",
            "holds \(labels.count) classes; 2 to \(Self.labelCountMax) are allowed")
        for (index, label) in labels.enumerated() {
            found.requireText(label.name, "labels[\(index)].name", lengthMax: 64)
            found.requireCode(label.code, "labels[\(index)].code")
        }
        found.require(Set(labels.map(\.name)).count == labels.count, "labels", "holds a name twice")
        let codes = labels.map(\.code) + [undetermined]
        found.require(
            Set(codes.map { "\($0.scheme) \($0.value)" }).count == codes.count, "labels",
            "holds a code twice, or that of undetermined")
        found.requireCode(undetermined, "undetermined")
        found.requireCode(report.finding, "report.finding")
        if let site = report.findingSite { found.requireCode(site, "report.findingSite") }
        found.requireCode(report.concept, "report.concept")
        found.requireCode(report.procedure, "report.procedure")
        found.requireText(report.conclusion, "report.conclusion", lengthMax: 200)
        return found.list
    }

    /// A private designator that is not declared would leave the receiver without a way to find who coined it.
    private var schemeProblems: [ModelBundleError] {
        var found = Problems()
        for (index, scheme) in codingSchemes.enumerated() {
            let key = "codingSchemes[\(index)]"
            found.require(
                scheme.designator.hasPrefix("99"), "\(key).designator",
                "is \"\(scheme.designator)\"; a private designator starts with 99 (PS3.3 8.2)")
            found.requireText(scheme.designator, "\(key).designator", lengthMax: 16)
            found.requireText(scheme.name, "\(key).name", lengthMax: 1024)
            found.requireText(
                scheme.responsibleOrganization, "\(key).responsibleOrganization", lengthMax: 1024)
        }
        let declared = Set(codingSchemes.map(\.designator))
        found.require(declared.count == codingSchemes.count, "codingSchemes", "declares a designator twice")
        for code in allCodes where code.isPrivateScheme && !declared.contains(code.scheme) {
            found.require(false, "codingSchemes", "lacks \(code.scheme), which the code \(code.value) uses")
        }
        return found.list
    }

    private var allCodes: [CodedEntry] {
        let site = report.findingSite.map { [$0] } ?? []
        return labels.map(\.code) + [undetermined, report.finding, report.concept, report.procedure] + site
    }

    private var decisionProblems: [ModelBundleError] {
        var found = Problems()
        found.require(
            (0.01...100).contains(temperature), "temperature", "is \(temperature); 0.01 to 100 is allowed")
        found.require((0...1).contains(threshold), "threshold", "is \(threshold); 0 to 1 is allowed")
        for (index, modality) in accept.modality.enumerated() {
            found.requireCodeString(modality, "accept.modality[\(index)]")
        }
        for (index, bodyPart) in accept.bodyPart.enumerated() {
            found.requireText(bodyPart, "accept.bodyPart[\(index)]", lengthMax: 64)
        }
        found.requireFamiliarity(familiarity)
        if let views {
            found.require(
                (1...ViewSettings.zoomCountMax).contains(views.zooms.count)
                    && views.zooms.allSatisfy(ViewSettings.zoomRange.contains), "views.zooms",
                "must hold 1 to \(ViewSettings.zoomCountMax) numbers from \(ViewSettings.zoomRange.lowerBound) to "
                    + "\(ViewSettings.zoomRange.upperBound)")
        }
        return found.list
    }

    private var fileProblems: [ModelBundleError] {
        var found = Problems()
        found.requireFile(weights.file, weights.sha256, "weights")
        return found.list
    }

    /// The most classes a bundle may have.
    package static let labelCountMax = 4096
}

/// Collects what is wrong, key by key.
private struct Problems {
    private(set) var list: [ModelBundleError] = []

    mutating func require(_ condition: Bool, _ key: String, _ reason: String) {
        if !condition { list.append(.invalid(key: key, reason: reason)) }
    }

    /// A file beside `model.json`: its name leads nowhere else.
    mutating func requireFile(_ file: String, _ sha256: String, _ key: String) {
        require(
            !file.isEmpty && !file.contains("/") && file != "." && file != "..", "\(key).file",
            "must be the name of a file in the bundle's folder")
        require(
            sha256.utf8.count == 64 && sha256.allSatisfy(\.isHexDigit), "\(key).sha256",
            "must be 64 hexadecimal digits")
    }

    mutating func requireFamiliarity(_ familiarity: FamiliarityReference?) {
        guard let familiarity else { return }
        requireFile(familiarity.file, familiarity.sha256, "familiarity")
        let (distance, rate) = (familiarity.distanceMax, familiarity.falseAlarmRate)
        require(
            distance.isFinite && distance > 0, "familiarity.distanceMax",
            "is \(distance); a number above 0 is allowed")
        require(
            (0...1).contains(rate), "familiarity.falseAlarmRate", "is \(rate); 0 to 1 is allowed")
    }

    /// Text that goes into a report: not empty, not too long, and without what PS3.5 6.1 forbids in a value.
    mutating func requireText(_ text: String, _ key: String, lengthMax: Int) {
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "\\" }
        require(
            !text.isEmpty && text.unicodeScalars.count <= lengthMax && isPlain, key,
            "must be text of 1 to \(lengthMax) characters without a backslash or a control character")
    }

    /// A code that DICOM cannot carry would make every report invalid.
    mutating func requireCode(_ code: CodedEntry, _ key: String) {
        if let problem = code.problem { require(false, key, "is not a code: \(problem)") }
    }

    /// A value that is compared with a code string (CS, PS3.5 6.2).
    mutating func requireCodeString(_ text: String, _ key: String) {
        let isCode = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
                || byte == 0x20
        }
        require(
            isCode && (1...16).contains(text.utf8.count), key,
            "must be 1 to 16 capital letters, digits, spaces or underscores")
    }
}
