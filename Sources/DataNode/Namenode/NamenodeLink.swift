internal import Core
internal import Logging
internal import NIOCore
internal import Synchronization
internal import Transport
internal import WireProtocol

/// The datanode's side of its life with the namenode: registers, and again at once when the connection breaks; then
/// heartbeats, reports and commands until it does.
final class NamenodeLink: Sendable {
    struct Configuration: Sendable {
        var host: String
        var port: UInt16
        var user: String
        /// Pause before the next attempt to connect, with up to as much again at random.
        var reconnectMs: Int64 = 100
        /// Pause after the namenode refused this node although it had taken it before.
        var refusedMs: Int64 = 5_000
    }

    private let configuration: Configuration
    private let identity: Hfs_Datanode_DatanodeIdentity
    private let store: BlockStore
    private let changes: ReplicaChangeQueue
    private let reads: ReadReports
    private let runner: CommandRunner
    private let group: any EventLoopGroup
    private let logger: Logger
    private let onRegistered: @Sendable () -> Void
    private let state = Mutex(State())

    private struct State {
        var isRegistered = false
        var wasRegistered = false
        var lastError: HFSError?
    }

    /// True while the namenode knows this node over a living connection.
    var isRegistered: Bool { state.withLock { $0.isRegistered } }
    var lastError: HFSError? { state.withLock { $0.lastError } }

    init(
        _ configuration: Configuration, descriptor: DatanodeDescriptor, store: BlockStore, changes: ReplicaChangeQueue,
        reads: ReadReports, runner: CommandRunner, group: any EventLoopGroup, logger: Logger,
        onRegistered: @escaping @Sendable () -> Void = {}
    ) {
        self.onRegistered = onRegistered
        self.configuration = configuration
        identity = descriptor.identityProto
        self.store = store
        self.changes = changes
        self.reads = reads
        self.runner = runner
        self.group = group
        self.logger = logger
    }

    /// Serves the namenode until the task is cancelled.
    ///
    /// - Throws: what makes it useless to try again: `.wrongCluster` when the volumes belong to another cluster, `.remote`
    ///   when the namenode refuses the node's very first registration.
    func run() async throws(HFSError) {
        let eventLoop = group.next()
        while !Task.isCancelled {
            let client = RPCClient(
                host: configuration.host, port: configuration.port, user: configuration.user,
                protocolName: NamenodeCalls.protocolName, group: group, logger: logger)
            var pauseMs = configuration.reconnectMs
            do throws(HFSError) { try await serve(client) } catch {
                let wasRegistered = state.withLock { state in
                    state.isRegistered = false
                    state.lastError = error
                    return state.wasRegistered
                }
                let isRefused =
                    error.code == .wrongCluster || error.code == .remote || error.code == .incompatibleLayout
                if !Task.isCancelled {
                    logger.log(
                        level: isRefused ? .error : .info, "namenode_link_broken",
                        metadata: [
                            "namenode": .string("\(configuration.host):\(configuration.port)"),
                            "error": .string("\(error)"),
                        ])
                }
                if isRefused {
                    guard wasRegistered else {
                        await client.close()
                        throw error
                    }
                    pauseMs = configuration.refusedMs
                }
            }
            await client.close()
            runner.inlineBlocks.expire()
            do throws(HFSError) {
                try await EventLoopDelay.wait(ms: pauseMs + Int64.random(in: 0...pauseMs), on: eventLoop)
            } catch { return }
        }
    }

    private func serve(_ client: RPCClient) async throws(HFSError) {
        let calls = NamenodeCalls(client: client, uuid: store.datanodeUUID)
        let (breaks, broken) = AsyncStream<HFSError>.makeStream(bufferingPolicy: .bufferingNewest(1))
        client.onDisconnect { broken.yield($0) }
        let answer = try await calls.register(registration())
        try store.bind(clusterID: answer.clusterID, poolID: answer.poolID)
        reads.forgetTold()
        state.withLock { state in
            state.isRegistered = true
            state.wasRegistered = true
            state.lastError = nil
        }
        logger.info(
            "registered",
            metadata: ["cluster": .string(answer.clusterID), "full_report": .stringConvertible(answer.needsFullReport)])
        let session = NamenodeSession(
            calls: calls, store: store, changes: changes, reads: reads, runner: runner, answer: answer,
            eventLoop: group.next(), logger: logger)
        onRegistered()
        // Whatever ends first ends the session: the next one starts from a registration.
        let error = await withTaskGroup(of: HFSError.self) { group in
            group.addTask {
                for await error in breaks { return error }
                return HFSError(.cancelled, "The link was ended")
            }
            group.addTask { await session.sendHeartbeats() }
            group.addTask { await session.sendReports() }
            group.addTask { await session.runRecoveries() }
            group.addTask { await session.readInlineBlocks() }
            let first = await group.next() ?? HFSError(.cancelled, "The link was ended")
            group.cancelAll()
            return first
        }
        throw error
    }

    private func registration() -> Hfs_Datanode_RegisterRequest {
        var request = Hfs_Datanode_RegisterRequest()
        request.datanode = identity
        request.layoutVersion = VolumeLayout.version
        if let clusterID = store.clusterID { request.clusterID = clusterID }
        if let poolID = store.poolID { request.poolID = poolID }
        request.storages = store.storageStates()
        request.softwareVersion = "hfs"
        return request
    }
}
