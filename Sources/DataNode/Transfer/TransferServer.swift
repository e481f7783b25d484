internal import Core
internal import Logging
internal import Synchronization
internal import Transport

/// The transfer port: one thread for each connection, up to a bound; one more thread that accepts.
final class TransferServer: Sendable {
    private struct State {
        var connections: [UInt64: TransferConnection] = [:]
        var nextID: UInt64 = 0
    }

    /// Pause after the system refused a connection for want of descriptors.
    private static let refusedPauseMs: Int64 = 50

    let listener: BlockingListener
    let context: TransferContext
    private let pool: ThreadPool
    private let state = Monitor(State())
    private let acceptor = Mutex<StartedThread?>(nil)

    var port: UInt16 { listener.port }
    var connectionCount: Int { state.withLock { $0.connections.count } }

    /// Binds the port; nobody is served before `start`. Errors: `.io`.
    init(host: String, port: UInt16, transfersMax: Int, context: TransferContext) throws(HFSError) {
        listener = try BlockingListener(host: host, port: port)
        self.context = context
        pool = ThreadPool(name: "hfs-transfer", threadsMax: transfersMax, stackBytes: 512 << 10)
    }

    /// - Parameter descriptor: this node, as it names itself to others.
    func start(_ descriptor: DatanodeDescriptor) throws(HFSError) {
        let thread = try startThread(name: "hfs-accept") { [self] in accept(descriptor) }
        acceptor.withLock { $0 = thread }
    }

    /// Takes no more connections, lets running operations end within `drainMs`, then cuts them off. Blocks.
    func stop(drainMs: Int64) {
        listener.shutdown()
        acceptor.withLock { $0 }?.join()
        listener.close()
        for connection in state.withLock({ Array($0.connections.values) }) { connection.drain() }
        let isDrained: Bool? = state.wait(timeoutMs: drainMs) { $0.connections.isEmpty ? true : nil }
        if isDrained == nil {
            let left = state.withLock { Array($0.connections.values) }
            context.logger.warning("transfers_cut", metadata: ["count": .stringConvertible(left.count)])
            for connection in left { connection.shutdown() }
            // Threads end as soon as their sockets do; the bound only guards against a disk that hangs.
            _ = state.wait(timeoutMs: 5_000) { $0.connections.isEmpty ? true : nil }
        }
        pool.stop()
    }

    private func accept(_ descriptor: DatanodeDescriptor) {
        while true {
            do throws(HFSError) {
                guard let socket = try listener.accept() else { return }
                serve(socket, descriptor)
            } catch  where error.code == .retriable {
                context.logger.warning("accept_paused", metadata: ["error": .string("\(error)")])
                _ = Monitor(()).wait(timeoutMs: Self.refusedPauseMs) { _ -> Bool? in nil }
            } catch {
                context.logger.error("accept_failed", metadata: ["error": .string("\(error)")])
                return
            }
        }
    }

    private func serve(_ socket: BlockingSocket, _ descriptor: DatanodeDescriptor) {
        let connection = TransferConnection(socket, descriptor: descriptor, context: context)
        let id = state.withLock { state -> UInt64 in
            state.nextID += 1
            state.connections[state.nextID] = connection
            return state.nextID
        }
        do throws(HFSError) {
            try pool.submit { [self] in
                connection.run()
                state.update { $0.connections[id] = nil }
            }
        } catch {
            state.update { $0.connections[id] = nil }
            context.metrics.transfersRefused.add()
            context.logger.warning("transfer_refused", metadata: ["error": .string("\(error)")])
            socket.close()
        }
    }
}
