/// A delegation token as HDFS clients carry it: who holds its password acts as its owner, and in the name of its run.
public struct DelegationToken: Hashable, Sendable {
    /// Names owner, dates and number (HDFS `DelegationTokenIdentifier`); public.
    public var identifier: [UInt8]
    /// The secret; never logged.
    public var password: [UInt8]
    /// What the token is for: `DelegationToken.hdfsKind`.
    public var kind: String
    /// The namenode's `address:port` as the client dials it; empty for any.
    public var service: String

    public static let hdfsKind = "HDFS_DELEGATION_TOKEN"

    public init(identifier: [UInt8], password: [UInt8], kind: String = hdfsKind, service: String = "") {
        self.identifier = identifier
        self.password = password
        self.kind = kind
        self.service = service
    }
}
