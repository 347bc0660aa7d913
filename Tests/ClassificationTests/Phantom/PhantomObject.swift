import Dicom

extension Phantom {
    /// The phantom as a digital X-ray object for presentation (PS3.3 A.26), native pixel data.
    ///
    /// The patient is plainly nobody, and every identifier is derived, so that drawing it again gives the same object.
    var object: RawObject {
        var object = objectWithoutPixels
        let values = (0..<Self.rows).flatMap(row)
        object.set(0x7FE0_0010, "OW", values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
        return object
    }

    /// The object before its pixel data.
    var objectWithoutPixels: RawObject {
        var object = RawObject()
        addSubject(to: &object)
        addSeries(to: &object)
        addAnatomy(to: &object)
        addPixelDescription(to: &object)
        return object
    }

    private func uid(_ what: String) -> String {
        UID(derivedFrom: Digest(of: Array("glenoid phantom \(seed) \(what)".utf8)).bytes).text
    }

    private func addSubject(to object: inout RawObject) {
        object.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.1.1")
        object.set(0x0008_0018, "UI", uid("image"))
        object.set(0x0008_0020, "DA", "20260102")
        object.set(0x0008_0030, "TM", "101500")
        object.set(0x0008_0050, "SH", "PHANTOM1")
        object.set(0x0008_0090, "PN", "")
        object.set(0x0008_1030, "LO", "Shoulder phantom, no patient")
        object.set(0x0010_0010, "PN", "Phantom^Shoulder")
        object.set(0x0010_0020, "LO", "PHANTOM-0001")
        object.set(0x0010_0030, "DA", "19500101")
        object.set(0x0010_0040, "CS", "O")
        object.set(0x0010_4000, "LT", "Drawn by a program. There is no patient.")
        object.set(0x0020_000D, "UI", uid("study"))
        object.set(0x0020_0010, "SH", "1")
    }

    private func addSeries(to object: inout RawObject) {
        object.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\")
        object.set(0x0008_0022, "DA", "20260102")
        object.set(0x0008_0023, "DA", "20260102")
        object.set(0x0008_0032, "TM", "101512")
        object.set(0x0008_0033, "TM", "101512")
        object.set(0x0008_0060, "CS", "DX")
        object.set(0x0008_0068, "CS", "FOR PRESENTATION")
        object.set(0x0008_0070, "LO", "Synthetic")
        object.set(0x0008_103E, "LO", "Shoulder left AP, phantom")
        object.set(0x0008_1090, "LO", "Glenoid phantom")
        object.set(0x0018_0060, "DS", "70")
        object.set(0x0018_1164, "DS", "\(Self.pixelSpacing)\\\(Self.pixelSpacing)")
        object.set(0x0018_1508, "CS", "NONE")
        object.set(0x0018_7004, "CS", "SCINTILLATOR")
        object.set(0x0020_000E, "UI", uid("series"))
        object.set(0x0020_0011, "IS", "1")
        object.set(0x0020_0013, "IS", "1")
        object.set(0x0040_0555, items: [])
    }

    private func addAnatomy(to object: inout RawObject) {
        object.set(0x0008_2218, items: [Self.code("16982005", "SCT", "Shoulder")])
        object.set(0x0018_0015, "CS", "SHOULDER")
        object.set(0x0018_5101, "CS", "AP")
        object.set(0x0020_0020, "CS", "L\\F")
        object.set(0x0020_0062, "CS", "L")
        object.set(0x0054_0220, items: [Self.code("399348003", "SCT", "antero-posterior")])
    }

    private func addPixelDescription(to object: inout RawObject) {
        object.set(0x0028_0002, "US", 1)
        object.set(0x0028_0004, "CS", "MONOCHROME2")
        object.set(0x0028_0010, "US", Self.rows)
        object.set(0x0028_0011, "US", Self.columns)
        object.set(0x0028_0030, "DS", "\(Self.pixelSpacing)\\\(Self.pixelSpacing)")
        object.set(0x0028_0100, "US", 16)
        object.set(0x0028_0101, "US", 12)
        object.set(0x0028_0102, "US", 11)
        object.set(0x0028_0103, "US", 0)
        object.set(0x0028_0301, "CS", "NO")
        object.set(0x0028_1040, "CS", "LOG")
        // More absorption, higher value: white, as radiologists want it.
        object.set(0x0028_1041, "SS", -1)
        object.set(0x0028_1050, "DS", "1950")
        object.set(0x0028_1051, "DS", "3600")
        object.set(0x0028_1052, "DS", "0")
        object.set(0x0028_1053, "DS", "1")
        object.set(0x0028_1054, "LO", "US")
        object.set(0x0028_2110, "CS", "00")
        object.set(0x2050_0020, "CS", "IDENTITY")
    }

    private static func code(_ value: String, _ scheme: String, _ meaning: String) -> RawObject {
        var item = RawObject()
        item.set(0x0008_0100, "SH", value)
        item.set(0x0008_0102, "SH", scheme)
        item.set(0x0008_0104, "LO", meaning)
        return item
    }
}
