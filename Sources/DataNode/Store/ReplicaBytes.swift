internal import Core

/// Where a replica's data or checksums are read from.
enum ReplicaBytes: Sendable {
    case file(OpenFile)
    /// Of an inline block, which the namenode sent.
    case memory([UInt8])

    /// For messages.
    var path: String {
        switch self {
        case .file(let file): file.path
        case .memory: "inline"
        }
    }

    /// Reads up to `buffer.count` bytes at `offset`; fewer only at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(HFSError) -> Int {
        switch self {
        case .file(let file): return try file.read(into: buffer, at: offset)
        case .memory(let bytes):
            let part = bytes.dropFirst(Int(clamping: offset)).prefix(buffer.count)
            buffer.copyBytes(from: part)
            return part.count
        }
    }

    func read(at offset: UInt64, count: Int) throws(HFSError) -> [UInt8] {
        switch self {
        case .file(let file): try file.read(at: offset, count: count)
        case .memory(let bytes): Array(bytes.dropFirst(Int(clamping: offset)).prefix(count))
        }
    }
}
