/// The checksum of a whole file, comparable between clusters when the algorithm names are equal.
public struct FileChecksum: Hashable, Sendable, CustomStringConvertible {
    /// Which checksum to ask for.
    public enum Kind: Sendable {
        /// HDFS's default: MD5 of the MD5s of the blocks' CRCs. Depends on block and chunk sizes.
        case md5OfBlocks
        /// The CRC of the file's bytes, whatever its blocks. Needs datanodes of HDFS 3.1 or later, or of hfs.
        case compositeCRC
    }

    /// HDFS's name: `MD5-of-0MD5-of-512CRC32C`, `COMPOSITE-CRC32C`.
    public var algorithm: String
    public var bytes: [UInt8]

    public init(algorithm: String, bytes: [UInt8]) {
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// Lower-case hexadecimal, two digits a byte.
    public var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    public var description: String { "\(algorithm) \(hexadecimal)" }
}
