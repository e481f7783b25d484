import Client
import Core

/// CRC32C of a file's bytes, which its datanodes put together: no data travels.
enum ContentChecksum {
    /// nil where it cannot be told: an unreadable file, or datanodes that do not know the composite checksum.
    static func crc32c(of path: String, on fileSystem: HFSFileSystem) async -> UInt32? {
        guard let sum = try? await fileSystem.checksum(of: path, kind: .compositeCRC), sum.bytes.count == 4,
            sum.algorithm.hasSuffix("CRC32C")
        else { return nil }
        return sum.bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }
}
