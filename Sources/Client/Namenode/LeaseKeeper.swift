import Core
import Logging
import NIOCore
import Synchronization
import Transport
import WireProtocol

/// Renews the client's lease while it has files open for writing, and has an eye on their writers at the same pace: one
/// task, which the filesystem owns.
final class LeaseKeeper: Sendable {
    private struct State {
        var writers: [ObjectIdentifier: WeakShell] = [:]
        var task: Task<Void, Never>?
        var isClosed = false
    }

    private struct WeakShell {
        weak var shell: PipelineShell?
    }

    private let state = Mutex(State())
    private let namenode: NamenodeClient
    private let clientName: String
    private let intervalMs: Int64
    private let stallMs: Int64
    private let clock: any HFSClock
    private let eventLoop: any EventLoop
    private let logger: Logger

    /// - Parameter stallMs: how long a writer's caller may wait without any event.
    init(
        namenode: NamenodeClient, clientName: String, intervalMs: Int64, stallMs: Int64, clock: any HFSClock,
        eventLoop: any EventLoop, logger: Logger
    ) {
        self.namenode = namenode
        self.clientName = clientName
        self.intervalMs = intervalMs
        self.stallMs = stallMs
        self.clock = clock
        self.eventLoop = eventLoop
        self.logger = logger
    }

    deinit { state.withLock { $0.task?.cancel() } }

    /// A file was opened for writing.
    func begin(_ shell: PipelineShell) {
        state.withLock { state in
            state.writers[ObjectIdentifier(shell)] = WeakShell(shell: shell)
            guard state.task == nil, !state.isClosed else { return }
            state.task = Task { [weak self, intervalMs, eventLoop] in
                while !Task.isCancelled {
                    do throws(HFSError) {
                        try await EventLoopDelay.wait(ms: intervalMs, on: eventLoop)
                    } catch {
                        return
                    }
                    self?.checkWriters()
                    await self?.renew()
                }
            }
        }
    }

    /// A file was closed or given up.
    func end(_ shell: PipelineShell) {
        state.withLock { _ = $0.writers.removeValue(forKey: ObjectIdentifier(shell)) }
    }

    private func checkWriters() {
        let shells = state.withLock { $0.writers.values.compactMap(\.shell) }
        for shell in shells { shell.checkProgress(nowMs: clock.monotonicMs, stallMs: stallMs) }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.task?.cancel()
            state.task = nil
        }
    }

    private func renew() async {
        guard state.withLock({ !$0.writers.isEmpty }) else { return }
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
