/// The file system as the edits log and block store use it, so that tests can inject faults. Thread-safe; calls block.
///
/// Errors everywhere: `.noSpace` for a full disk or quota, else `.io`, each with the path and errno's text.
package protocol FileIO: AnyObject, Sendable {
    func open(_ path: String, _ mode: FileOpenMode) throws(HFSError) -> any IOFile
    /// Names in a directory, sorted by their bytes.
    func list(_ directory: String) throws(HFSError) -> [String]
    func exists(_ path: String) -> Bool
    /// Makes a directory and its missing parents, and syncs the parents.
    func createDirectory(_ path: String) throws(HFSError)
    /// Replaces `target` when it exists. Durable only after `syncDirectory`.
    func rename(_ path: String, to target: String) throws(HFSError)
    func remove(_ path: String) throws(HFSError)
    func syncDirectory(_ path: String) throws(HFSError)
    /// Bytes that this process may still write to the file system of `path`.
    func freeBytes(at path: String) throws(HFSError) -> UInt64
    /// Takes an exclusive lock that dies with the process; `.lockHeld` when another holds it.
    func lock(_ path: String) throws(HFSError) -> any IOFile
}

/// How `FileIO.open` opens a file.
package enum FileOpenMode: Sendable {
    case readOnly, readWrite
    /// Must not exist.
    case create
    /// Made when missing, emptied when not.
    case replace
}

/// An open file. Closed by `close` or when the last reference goes.
package protocol IOFile: AnyObject, Sendable {
    /// Writes everything at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(HFSError)
    /// Reads until `bytes` is full or the file ends; the count read.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(HFSError) -> Int
    /// `fdatasync`. After an error nothing written since the last success may be relied on.
    func sync() throws(HFSError)
    func size() throws(HFSError) -> UInt64
    func truncate(to size: UInt64) throws(HFSError)
    func close()
}

extension FileIO {
    /// A whole small file.
    package func readAll(_ path: String) throws(HFSError) -> [UInt8] {
        let file = try open(path, .readOnly)
        defer { file.close() }
        var bytes = [UInt8](repeating: 0, count: Int(try file.size()))
        var failure: HFSError?
        var count = 0
        bytes.withUnsafeMutableBytes { buffer in
            do throws(HFSError) { count = try file.read(into: buffer, at: 0) } catch { failure = error }
        }
        if let failure { throw failure }
        return Array(bytes.prefix(count))
    }

    /// Puts a small file in place so that a crash leaves the old one or the new one, whole.
    package func replaceAtomically(_ path: String, with bytes: [UInt8]) throws(HFSError) {
        let temporary = path + ".new"
        let file = try open(temporary, .replace)
        defer { file.close() }
        var failure: HFSError?
        bytes.withUnsafeBytes { buffer in
            do throws(HFSError) { try file.write(buffer, at: 0) } catch { failure = error }
        }
        if let failure { throw failure }
        try file.sync()
        try rename(temporary, to: path)
        try syncDirectory(Self.directory(of: path))
    }

    package static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
