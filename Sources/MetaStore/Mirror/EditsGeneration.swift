internal import Core

/// Which edits directories are up to date: a number in each of them and in the namespace's own directory.
///
/// When a directory fails, the number of the others moves on before anything is acknowledged that it lacks. So a directory
/// whose number is lower than another's, or than the namespace's, may lack acknowledged edits. No file means 0.
enum EditsGeneration {
    static let fileName = "edits-generation"

    private static func fileBytes(_ generation: UInt64) -> [UInt8] {
        let body = Array("generation=\(generation)\n".utf8)
        return body + Array("crc=\(CRC32C.checksum(body))\n".utf8)
    }

    static func read(_ directory: String, _ io: any FileIO) throws(HFSError) -> UInt64 {
        let path = "\(directory)/\(fileName)"
        guard io.exists(path) else { return 0 }
        let bytes = try io.readAll(path)
        let value = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first?.split(separator: "=").last
        guard let generation = value.flatMap({ UInt64($0) }), fileBytes(generation) == bytes else {
            throw HFSError(.corruptMetadata, "the file does not say how new the edits beside it are", subject: path)
        }
        return generation
    }

    /// Durable when it returns.
    static func write(_ generation: UInt64, _ directory: String, _ io: any FileIO) throws(HFSError) {
        try io.replaceAtomically("\(directory)/\(fileName)", with: fileBytes(generation))
    }
}
