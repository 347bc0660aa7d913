internal import CHDF5
internal import Locks
internal import Tensor

/// An HDF5 file, read-only: the little of it that Keras files use.
///
/// libhdf5 is not safe for several threads, so every call holds one lock of the whole program.
final class HDF5File {
    /// Elements of the largest dataset or bytes of the largest text that is read: B7's classifier of the most classes.
    static let elementCountMax = 1 << 28

    private let path: String
    private let file: hid_t

    private static let library = Lock(())

    /// Opens a file on disk.
    convenience init(path: String) throws(EfficientNetError) {
        try self.init(path: path, image: nil)
    }

    /// Opens a file from its bytes, as they come out of a .keras archive; `path` is for error texts.
    convenience init(path: String, image: [UInt8]) throws(EfficientNetError) {
        try self.init(path: path, image: .some(image))
    }

    private init(path: String, image: [UInt8]?) throws(EfficientNetError) {
        let file = Self.locked { Self.open(path: path, image: image) }
        guard file >= 0 else {
            throw .file(.malformed(path: path, reason: "not an HDF5 file, or a truncated one"))
        }
        self.path = path
        self.file = file
    }

    deinit { Self.locked { _ = H5Fclose(file) } }

    private static func locked<Result>(_ body: () -> Result) -> Result {
        library.withLock { _ in
            _ = H5Eset_auto2(0, nil, nil)  // errors come back as results, not on standard error
            return body()
        }
    }

    private static func open(path: String, image: [UInt8]?) -> hid_t {
        let access = H5Pcreate(glenoid_h5_file_access())
        defer { H5Pclose(access) }
        guard let image else { return unsafe H5Fopen(path, glenoid_h5_read_only(), access) }
        guard H5Pset_fapl_core(access, 1 << 16, false) >= 0 else { return -1 }
        // The library takes a copy of its own.
        let isSet = unsafe image.withUnsafeBytes {
            unsafe H5Pset_file_image(access, UnsafeMutableRawPointer(mutating: $0.baseAddress), $0.count)
        }
        // The library refuses to open an image under the name of a file that exists.
        let name = path + " (model.weights.h5)"
        return isSet >= 0 ? unsafe H5Fopen(name, glenoid_h5_read_only(), access) : -1
    }

    /// Whether there is an object (group or dataset) at this path; every step of the way is looked for.
    func contains(_ name: String) -> Bool {
        Self.locked { exists(name) }
    }

    private func exists(_ name: String) -> Bool {
        var prefix = ""
        for part in name.split(separator: "/") {
            prefix += prefix.isEmpty ? String(part) : "/\(part)"
            guard unsafe H5Lexists(file, prefix, glenoid_h5_default()) > 0 else { return false }
        }
        return !prefix.isEmpty
    }

    /// A dataset as Float32, with its shape and the number format it has in the file; nil when absent.
    func dataset(_ name: String) throws(EfficientNetError) -> (
        type: ElementType, shape: Shape, values: [Float]
    )? {
        guard contains(name) else { return nil }
        guard let result = Self.locked({ read(name) }) else {
            throw .file(
                .malformed(path: path, reason: "dataset '\(name)' cannot be read: truncated, or not numbers"))
        }
        return result
    }

    private func read(_ name: String) -> (type: ElementType, shape: Shape, values: [Float])? {
        let dataset = unsafe H5Dopen2(file, name, glenoid_h5_default())
        guard dataset >= 0 else { return nil }
        defer { H5Dclose(dataset) }
        let type = H5Dget_type(dataset)
        let space = H5Dget_space(dataset)
        defer {
            H5Tclose(type)
            H5Sclose(space)
        }
        let rank = Int(H5Sget_simple_extent_ndims(space))
        guard (0...Shape.rankMax).contains(rank) else { return nil }
        var extents = [hsize_t](repeating: 0, count: rank)
        if rank > 0 {
            guard unsafe H5Sget_simple_extent_dims(space, &extents, nil) == Int32(rank) else { return nil }
        }
        guard let shape = Shape(checking: extents.map { Int(clamping: $0) }),
            shape.count <= Self.elementCountMax
        else { return nil }
        // Nothing was ever written: a file of a few bytes would take gigabytes of its fill value.
        guard shape.count == 0 || H5Dget_storage_size(dataset) > 0 else { return nil }
        var values = [Float](repeating: 0, count: shape.count)
        let status = unsafe values.withUnsafeMutableBytes {
            unsafe H5Dread(
                dataset, glenoid_h5_native_float(), hid_t(H5S_ALL), hid_t(H5S_ALL), glenoid_h5_default(),
                $0.baseAddress)
        }
        guard status >= 0 else { return nil }
        let isHalf = H5Tget_class(type) == H5T_FLOAT && H5Tget_size(type) == 2
        return (isHalf ? .float16 : .float32, shape, values)
    }

    /// A text attribute of an object ("." for the root); nil when absent.
    func text(_ attribute: String, of object: String) throws(EfficientNetError) -> String? {
        try texts(attribute, of: object)?.first
    }

    /// A list of texts; nil when absent. Texts of fixed and of variable length are both found in Keras files.
    func texts(_ attribute: String, of object: String) throws(EfficientNetError) -> [String]? {
        guard object == "." || contains(object) else { return nil }
        let exists = Self.locked {
            unsafe H5Aexists_by_name(file, object, attribute, glenoid_h5_default())
        }
        guard exists > 0 else { return nil }
        guard let texts = Self.locked({ readTexts(attribute, of: object) }) else {
            throw .file(
                .malformed(path: path, reason: "attribute '\(attribute)' of '\(object)' cannot be read"))
        }
        return texts
    }

    private func readTexts(_ name: String, of object: String) -> [String]? {
        let attribute = unsafe H5Aopen_by_name(file, object, name, glenoid_h5_default(), glenoid_h5_default())
        guard attribute >= 0 else { return nil }
        defer { H5Aclose(attribute) }
        let type = H5Aget_type(attribute)
        let space = H5Aget_space(attribute)
        defer {
            H5Tclose(type)
            H5Sclose(space)
        }
        let count = Int(H5Sget_simple_extent_npoints(space))
        guard (0...Self.elementCountMax).contains(count) else { return nil }
        guard count > 0 else { return [] }
        guard H5Tget_class(type) == H5T_STRING else { return nil }
        return H5Tis_variable_str(type) > 0
            ? readVariable(attribute, type: type, space: space, count: count)
            : readFixed(attribute, type: type, count: count)
    }

    private func readVariable(_ attribute: hid_t, type: hid_t, space: hid_t, count: Int) -> [String]? {
        var pointers = unsafe [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
        return unsafe pointers.withUnsafeMutableBytes { buffer in
            guard unsafe H5Aread(attribute, type, buffer.baseAddress) >= 0 else { return nil }
            let texts = unsafe buffer.bindMemory(to: UnsafeMutablePointer<CChar>?.self)
                .map { pointer in unsafe pointer.map { unsafe String(cString: $0) } ?? "" }
            _ = unsafe H5Dvlen_reclaim(type, space, glenoid_h5_default(), buffer.baseAddress)
            return texts
        }
    }

    private func readFixed(_ attribute: hid_t, type: hid_t, count: Int) -> [String]? {
        let length = H5Tget_size(type)
        guard length > 0, length <= Self.elementCountMax / count else { return nil }
        var bytes = [UInt8](repeating: 0, count: length * count)
        let status = unsafe bytes.withUnsafeMutableBytes { unsafe H5Aread(attribute, type, $0.baseAddress) }
        guard status >= 0 else { return nil }
        return (0..<count).map { index in
            let text = bytes[index * length..<(index + 1) * length]
            return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
