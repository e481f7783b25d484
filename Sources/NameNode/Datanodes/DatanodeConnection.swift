/// The RPC connection that a datanode registered on.
struct DatanodeConnection: Hashable, Sendable {
    let rawValue: UInt64

    init(_ rawValue: UInt64) { self.rawValue = rawValue }
}
