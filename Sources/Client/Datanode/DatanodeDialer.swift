import Core
import Synchronization
import Transport

/// Opens data-transfer connections to datanodes, from threads that may block.
struct DatanodeDialer: Sendable {
    var connectTimeoutMs: Int64
    var dataTimeoutMs: Int64

    /// HDFS's addition to the timeout for each node behind the first.
    static let nodeTimeoutMs: Int64 = 5_000

    init(_ configuration: ClientConfiguration) {
        connectTimeoutMs = configuration.connectTimeoutMs
        dataTimeoutMs = configuration.dataTimeoutMs
    }

    /// Connects to the node's transfer port.
    ///
    /// - Parameter nodes: nodes that an answer travels through.
    /// - Parameter canceller: gets the socket before the connect begins, so that another thread can end it.
    /// - Throws: `.connectionFailed`, or `.cancelled` when the canceller has been used.
    func dial(
        _ node: DatanodeDescriptor, nodes: Int = 1, canceller: SocketCanceller? = nil
    ) throws(HFSError) -> BlockingSocket {
        if let canceller, canceller.isCancelled { throw HFSError(.cancelled, "The transfer was cancelled") }
        let socket = try BlockingSocket.connect(
            host: node.address, port: node.transferPort, timeoutMs: connectTimeoutMs, onSocket: { canceller?.watch($0) }
        )
        let timeoutMs = dataTimeoutMs + Self.nodeTimeoutMs * Int64(nodes)
        socket.setTimeouts(readMs: timeoutMs, writeMs: timeoutMs)
        return socket
    }
}

/// Ends blocking work from another thread by shutting its socket down.
final class SocketCanceller: Sendable {
    private struct State {
        var isCancelled = false
        var socket: BlockingSocket?
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// From here on `cancel` ends this socket instead of the one before; at once when it was called already.
    func watch(_ socket: BlockingSocket?) {
        let isCancelled = state.withLock { state -> Bool in
            state.socket = socket
            return state.isCancelled
        }
        if isCancelled { socket?.shutdown() }
    }

    func cancel() {
        let socket = state.withLock { state -> BlockingSocket? in
            state.isCancelled = true
            return state.socket
        }
        socket?.shutdown()
    }
}
