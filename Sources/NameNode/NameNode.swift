package import Core
package import Logging
package import MetaStore
internal import Transport

/// The parts of a running namenode on top of an engine, wired; no sockets. `NameNodeServer` puts it on the network, tests
/// call it as it is.
package final class NameNode: Sendable {
    package let engine: any MetadataEngine
    package let blocks: BlockManager
    package let clusterID: String
    package let poolID: String
    let writer: NamespaceWriter
    let leases: LeaseManager
    let attempts: AttemptBoard
    let recovery: LeaseRecovery
    let reclaimer: Reclaimer
    let groups: GroupMapping
    let rules: NamespaceRules
    private let ticker = NamespaceClock()
    private let clock: any HFSClock
    private let logger: Logger

    /// Formats an empty namespace, loads what memory must know, and starts the threads of leases, groups and blocks.
    /// Errors: what the engine cannot read; `.io` when a thread cannot start.
    package init(
        _ opened: OpenedEngine, configuration: NameNodeConfiguration, clock: any HFSClock, logger: Logger
    ) async throws(HFSError) {
        engine = opened.engine
        clusterID = opened.clusterID
        poolID = opened.poolID
        self.clock = clock
        self.logger = logger
        let superuser = configuration.effectiveSuperuser
        leases = LeaseManager(
            clock: clock, softLimitMs: configuration.leaseSoftLimitMs, hardLimitMs: configuration.leaseHardLimitMs)
        blocks = BlockManager(engine: engine, clock: clock, configuration: configuration.blocks, logger: logger)
        writer = NamespaceWriter(
            engine: engine, blocks: blocks, leases: leases, identities: Identities(clock: clock), superuser: superuser)
        recovery = LeaseRecovery(writer: writer, logger: logger)
        attempts = AttemptBoard(clock: clock, identities: writer.identities)
        reclaimer = Reclaimer(writer: writer, logger: logger)
        groups = GroupMapping(overrides: configuration.groups, clock: clock)
        rules = configuration.rules(poolID: opened.poolID)
        _ = try await writer.submit(FormatRoot(caller: writer.ownCaller, supergroup: configuration.supergroup))
        try await start(configuration)
    }

    private func start(_ configuration: NameNodeConfiguration) async throws(HFSError) {
        try groups.start()
        blocks.setRecoverySink(recovery)
        try await loadIdentities()
        try blocks.start(awaitsReads: writer.identities.hasRuns)
        let open = try await writer.read { view throws(PlanInterrupt) in try ShardScan(table: .lease).run(view) }
        recovery.load(
            try open.map { row throws(HFSError) in (row.inode, try LeaseRow(image: row.image)) })
        let unlinked = try await writer.read { view throws(PlanInterrupt) in try ShardScan(table: .reclaim).run(view) }
        reclaimer.enqueue(unlinked.map(\.inode))
        writer.setRunEnded { [recovery] in recovery.runEnded($0) }
        recovery.endRuns { [identities = writer.identities] in identities.owner(of: $0) != nil }
        let cursors = try await writer.read { view throws(PlanInterrupt) in try view.cursors() }
        writer.cursors.load(cursors.map { ($0.name, $0.row.lsn) })
        try ticker.start { [weak self] in self?.tick() }
        if !configuration.homeOf.isEmpty { try await Bootstrap.run(writer, homeOf: configuration.homeOf) }
        logger.info(
            "namenode-loaded",
            metadata: [
                "clusterID": "\(clusterID)", "poolID": "\(poolID)", "lsn": "\(engine.publishedLSN)",
                "openFiles": "\(open.count)", "unlinked": "\(unlinked.count)",
            ])
    }

    /// What the clock is for; tests call it when they have moved theirs.
    func tick() {
        recovery.tick()
        reclaimer.resume()
        writer.tellWaitingReads(nowMs: clock.monotonicMs)
        attempts.tick()
        writer.reads.keep { [identities = writer.identities] in identities.owner(of: $0) != nil }
        rollTokenKeys()
        for (number, run) in writer.identities.expired(nowMs: clock.nowMs) {
            writer.submit(RemoveToken(caller: writer.ownCaller, number: number, onlyExpired: true, actsFor: run)) {
                [logger] result in
                guard case .failure(let error) = result else { return }
                logger.error("token-expiry-failed", metadata: ["token": "\(number)", "error": "\(error)"])
            }
        }
    }

    private func rollTokenKeys() {
        guard writer.identities.areKeysDue(nowMs: clock.nowMs) else { return }
        writer.submit(RollTokenKeys(caller: writer.ownCaller, secret: TokenIssuer.freshKey())) { [logger] result in
            guard case .failure(let error) = result else { return logger.info("token-key-rolled") }
            // The old key goes on, and the next tick tries again.
            logger.error("token-key-not-rolled", metadata: ["error": "\(error)"])
        }
    }

    /// Loads the tokens that hold and the keys that made them; the first start makes the first key.
    private func loadIdentities() async throws(HFSError) {
        _ = try await writer.submit(RollTokenKeys(caller: writer.ownCaller, secret: TokenIssuer.freshKey()))
        let kept = try await writer.read { view throws(PlanInterrupt) in try LoadIdentities().run(view) }
        writer.identities.load(kept.keys, kept.tokens)
    }

    /// The protocols that this namenode answers.
    func services() -> [any RPCService] {
        [
            ClientProtocolHandler(
                writer: writer, recovery: recovery, groups: groups, rules: rules, clock: clock, logger: logger),
            FileSystemProtocolHandler(
                writer: writer, board: attempts, groups: groups, rules: rules, clock: clock, logger: logger),
            DatanodeProtocolHandler(blocks: blocks, rounds: writer.rounds, clusterID: clusterID, poolID: poolID) {
                [writer] tokens, done in writer.wereRead(tokens, completion: done)
            },
        ]
    }

    /// Ends the threads and closes the engine. Blocks: not on an event loop. Errors: what the engine could not write.
    package func close() throws(HFSError) {
        ticker.stop()
        reclaimer.stop()
        blocks.stop()
        groups.stop()
        try engine.close()
    }
}
