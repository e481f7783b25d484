import Core
import Transport
import WireProtocol

/// A connection to a datanode over which blocks are read, one after another. Used by one thread at a time.
///
/// `@unchecked Sendable`: it moves between threads only through `DatanodeConnectionCache`, whose lock orders the uses.
final class DatanodeConnection: @unchecked Sendable {
    let node: DatanodeDescriptor
    let socket: BlockingSocket
    /// Small, so that data goes past it into its place: a packet's header and checksums take 543 bytes.
    let reader: BufferedSocketReader
    /// It has carried an operation before: the node may have hung up since.
    var isReused = false

    init(node: DatanodeDescriptor, socket: BlockingSocket) {
        self.node = node
        self.socket = socket
        reader = BufferedSocketReader(socket, capacity: 1024)
    }
}
