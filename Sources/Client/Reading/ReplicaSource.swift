import Core
import Transport

/// Opens streams of replicas, over connections that wait in the cache where there are any.
struct ReplicaSource: Sendable {
    let dialer: DatanodeDialer
    let cache: DatanodeConnectionCache
    let clock: any HFSClock
    let clientName: String
    let verifiesChecksums: Bool

    /// - Throws: what connecting and `BlockStream` throw.
    func open(
        _ block: Block, at node: DatanodeDescriptor, from start: UInt64, to end: UInt64, token: BlockToken,
        canceller: SocketCanceller
    ) throws(HFSError) -> BlockStream {
        while let kept = cache.take(node) {
            canceller.watch(kept.socket)
            do throws(HFSError) {
                return try stream(kept, block, start, end, token)
            } catch  where error.code == .connectionLost {
                // The node had hung up while the connection waited: that says nothing of the node.
                canceller.watch(nil)
                continue
            }
        }
        let socket = try dialer.dial(node, canceller: canceller)
        return try stream(DatanodeConnection(node: node, socket: socket), block, start, end, token)
    }

    private func stream(
        _ connection: DatanodeConnection, _ block: Block, _ start: UInt64, _ end: UInt64, _ token: BlockToken
    ) throws(HFSError) -> BlockStream {
        try BlockStream(
            connection, block: block, from: start, to: end, token: token, clientName: clientName,
            verifies: verifiesChecksums)
    }
}
