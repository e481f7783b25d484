/// What a reader shows to datanodes, as the namenode gave it with a block's places (HDFS's block token); opaque to clients.
public struct BlockAccessToken: Hashable, Sendable {
    /// Public.
    public var identifier: [UInt8]
    /// The namenode's proof that the identifier is its own.
    public var password: [UInt8]

    public static let kind = "HDFS_BLOCK_TOKEN"

    public init(identifier: [UInt8], password: [UInt8]) {
        self.identifier = identifier
        self.password = password
    }
}
