internal import Core
internal import Logging
internal import NIOCore
internal import Synchronization
internal import Transport
internal import WireProtocol

/// What happens between one registration and the break of its connection.
///
/// Changes and reports go out one after another from one task: contents are read from the store when their turn comes, so
/// they never overtake, or are overtaken by, a change that they do not hold.
final class NamenodeSession: Sendable {
    /// Replicas of one bucketContents message: about 1 MB.
    private static let replicasPerMessage = 50_000

    private struct Due {
        /// Storages whose bucket hashes must be reported.
        var reports: Set<String>
        /// Contents asked for: all buckets of a storage, or those named.
        var fullContents: Set<String>
        var buckets: [(storageID: String, buckets: [Int])] = []
        var flushesReceiving = false
    }

    private let calls: NamenodeCalls
    private let store: BlockStore
    private let changes: ReplicaChangeQueue
    private let reads: ReadReports
    private let runner: CommandRunner
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let heartbeatMs: Int64
    private let reportMs: Int64
    private let due: Mutex<Due>
    private let recoveries: AsyncStream<Hfs_Datanode_Command.Recover>
    private let recoveryInput: AsyncStream<Hfs_Datanode_Command.Recover>.Continuation

    init(
        calls: NamenodeCalls, store: BlockStore, changes: ReplicaChangeQueue, reads: ReadReports,
        runner: CommandRunner, answer: Hfs_Datanode_RegisterResponse, eventLoop: any EventLoop, logger: Logger
    ) {
        self.calls = calls
        self.store = store
        self.changes = changes
        self.reads = reads
        self.runner = runner
        self.eventLoop = eventLoop
        self.logger = logger
        heartbeatMs = Int64(max(answer.heartbeatIntervalMs, 10))
        reportMs = Int64(max(answer.bucketReportIntervalMs, 100))
        let storages = Set(store.volumes.filter(\.isWorking).map(\.storageID))
        due = Mutex(
            Due(reports: answer.needsFullReport ? [] : storages, fullContents: answer.needsFullReport ? storages : []))
        // The namenode repeats a recovery that got nowhere, so the bound loses nothing.
        (recoveries, recoveryInput) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    }

    // MARK: Heartbeats and commands

    /// Returns with the reason when the session is over.
    func sendHeartbeats() async -> HFSError {
        let clock = SystemClock()
        // Nodes that started together should not report together for ever.
        var nextReportMs = clock.monotonicMs + Int64.random(in: (reportMs / 2)...reportMs)
        do throws(HFSError) {
            while true {
                let answer = try await calls.heartbeat(store.storageStates(), transfers: runner.transferCount)
                guard !answer.mustRegister else {
                    return HFSError(.retriable, "The namenode asks for a new registration")
                }
                reads.settled(through: answer.durableReads)
                for command in answer.commands { take(command) }
                due.withLock { $0.flushesReceiving = true }
                if clock.monotonicMs >= nextReportMs {
                    nextReportMs = clock.monotonicMs + reportMs
                    due.withLock { $0.reports = Set(store.volumes.filter(\.isWorking).map(\.storageID)) }
                }
                changes.wake()
                try await EventLoopDelay.wait(ms: heartbeatMs, on: eventLoop)
            }
        } catch { return error }
    }

    private func take(_ command: Hfs_Datanode_Command) {
        if command.hasTransfer { runner.transfer(command.transfer) }
        if command.hasInvalidate { runner.invalidate(command.invalidate) }
        if command.hasRecover { recoveryInput.yield(command.recover) }
        if command.hasSendBuckets {
            let buckets = command.sendBuckets.buckets.map { Int($0) }.filter { $0 < Limits.blockReportBuckets }
            due.withLock { $0.buckets.append((command.sendBuckets.storageID, buckets)) }
        }
    }

    /// Leads recoveries, some at a time; they end with the session.
    func runRecoveries() async -> HFSError {
        await withDiscardingTaskGroup { group in
            for await command in recoveries {
                group.addTask { [runner, calls] in await runner.recover(command, calls) }
            }
        }
        return HFSError(.cancelled, "The link was ended")
    }

    /// Asks for the blocks that clients want and the namenode keeps itself.
    func readInlineBlocks() async -> HFSError {
        await runner.inlineBlocks.serve(calls)
        return HFSError(.cancelled, "The link was ended")
    }

    // MARK: Changes and reports

    /// Returns with the reason when the session is over.
    func sendReports() async -> HFSError {
        do throws(HFSError) {
            let wakeUps = changes.wakeUps()
            // A namenode that has started knows only from here what was read before. Once it has all replicas it lets runs write.
            while try await tellReads() {}
            try await sendDue()
            for await _ in wakeUps { try await sendDue() }
            return HFSError(.cancelled, "The link was ended")
        } catch { return error }
    }

    private func sendDue() async throws(HFSError) {
        if changes.takeOverflow() {
            due.withLock { $0.reports = Set(store.volumes.filter(\.isWorking).map(\.storageID)) }
        }
        try await sendChanges()
        try await sendReads()
        try await sendBad()
        let now = due.withLock { due -> Due in
            let now = due
            due = Due(reports: [], fullContents: [])
            return now
        }
        for volume in store.volumes where volume.isWorking {
            let storageID = volume.storageID
            if now.fullContents.contains(storageID) {
                try await sendContents(of: volume, nil)
            } else if now.reports.contains(storageID) {
                let differing = try await calls.bucketReport(
                    storageID: storageID, hashes: store.bucketHashes(of: volume))
                if !differing.isEmpty {
                    logger.info(
                        "buckets_differ",
                        metadata: ["storage": .string(storageID), "count": .stringConvertible(differing.count)])
                    try await sendContents(of: volume, differing)
                }
            }
            for asked in now.buckets where asked.storageID == storageID {
                try await sendContents(of: volume, asked.buckets)
            }
        }
    }

    private func sendChanges() async throws(HFSError) {
        while true {
            let flushes = due.withLock { due -> Bool in
                defer { due.flushesReceiving = false }
                return due.flushesReceiving
            }
            let batch = changes.take(flushesReceiving: flushes)
            guard !batch.isEmpty else { return }
            do throws(HFSError) { try await calls.replicasChanged(batch) } catch {
                changes.putBack(batch)
                throw error
            }
        }
    }

    /// One message a round, so that replicas and reports, which others wait for, come between the messages of a long queue.
    private func sendReads() async throws(HFSError) {
        if try await tellReads() { changes.wake() }
    }

    /// One message; true when more wait and the namenode takes them. What it cannot take now is kept and told again after the
    /// next heartbeat: replicas and reports, which the end of safemode needs, do not wait for it.
    private func tellReads() async throws(HFSError) -> Bool {
        do throws(HFSError) {
            return try await reads.tell { (batch) throws(HFSError) in try await calls.blocksRead(batch) }
        } catch {
            guard error.code == .retriable else { throw error }
            logger.debug("reads_not_taken", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func sendBad() async throws(HFSError) {
        let bad = changes.takeBad()
        guard !bad.isEmpty else { return }
        do throws(HFSError) {
            for (storageID, replicas) in Dictionary(grouping: bad, by: \.storageID).sorted(by: { $0.key < $1.key }) {
                try await calls.badReplicas(replicas, storageID: storageID)
            }
        } catch {
            changes.putBackBad(bad)
            throw error
        }
    }

    /// Sends the buckets named, or all, in messages of whole buckets. Changes made meanwhile go out between the messages.
    private func sendContents(of volume: Volume, _ buckets: [Int]?) async throws(HFSError) {
        let wanted = buckets ?? Array(0..<Limits.blockReportBuckets)
        var position = 0
        let counts = store.bucketCounts(of: volume)
        while position < wanted.count {
            var end = position
            var count = 0
            repeat {
                count += counts[wanted[end]]
                end += 1
            } while end < wanted.count && count + counts[wanted[end]] <= Self.replicasPerMessage
            let part = Array(wanted[position..<end])
            try await calls.bucketContents(
                storageID: volume.storageID, buckets: part, store.contents(of: volume, buckets: Set(part)),
                isLast: end == wanted.count)
            position = end
            try await sendChanges()
        }
    }
}
