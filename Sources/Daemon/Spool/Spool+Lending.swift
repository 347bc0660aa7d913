extension Spool {
    /// Lends bytes as a file for as long as `body` takes; nothing of it is durable, and a crash leaves nothing behind,
    /// since what lies in `incoming` is deleted at start.
    package func lending<Value>(_ bytes: [UInt8], _ body: (_ path: String) throws -> Value) throws -> Value {
        let path = "\(folder)/incoming/\(Self.uniqueName()).dcm"
        do {
            try disk.write(bytes, to: path)
            let value = try body(path)
            try disk.remove(path)
            return value
        } catch {
            // What failed first is what is to be told.
            try? disk.remove(path)
            throw error
        }
    }
}
