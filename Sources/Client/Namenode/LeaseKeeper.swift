import Core
import Logging
import NIOCore
import Synchronization
import Transport
import WireProtocol

/// Renews the client's lease while it has files open for writing: one task, which the filesystem owns.
final class LeaseKeeper: Sendable {
    private struct State {
        var openFiles = 0
        var task: Task<Void, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let namenode: NamenodeClient
    private let clientName: String
    private let intervalMs: Int64
    private let eventLoop: any EventLoop
    private let logger: Logger

    init(namenode: NamenodeClient, clientName: String, intervalMs: Int64, eventLoop: any EventLoop, logger: Logger) {
        self.namenode = namenode
        self.clientName = clientName
        self.intervalMs = intervalMs
        self.eventLoop = eventLoop
        self.logger = logger
    }

    deinit { state.withLock { $0.task?.cancel() } }

    /// A file was opened for writing.
    func begin() {
        state.withLock { state in
            state.openFiles += 1
            guard state.task == nil, !state.isClosed else { return }
            state.task = Task { [weak self, intervalMs, eventLoop] in
                while !Task.isCancelled {
                    do throws(HFSError) {
                        try await EventLoopDelay.wait(ms: intervalMs, on: eventLoop)
                    } catch {
                        return
                    }
                    await self?.renew()
                }
            }
        }
    }

    /// A file was closed or given up.
    func end() { state.withLock { $0.openFiles -= 1 } }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.task?.cancel()
            state.task = nil
        }
    }

    private func renew() async {
        guard state.withLock({ $0.openFiles > 0 }) else { return }
        var request = Hadoop_Hdfs_RenewLeaseRequestProto()
        request.clientName = clientName
        do throws(HFSError) {
            let _: Hadoop_Hdfs_RenewLeaseResponseProto = try await namenode.call("renewLease", request)
        } catch {
            // The soft limit is twice the interval: the next renewal may still be in time.
            logger.warning("lease_not_renewed", metadata: ["holder": "\(clientName)", "error": "\(error)"])
        }
    }
}
