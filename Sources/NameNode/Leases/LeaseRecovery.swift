import Core
import Logging
import MetaStore

/// Closes files whose writers are gone, and takes what block recoveries agreed on.
final class LeaseRecovery: RecoverySink {
    private let writer: NamespaceWriter
    private let logger: Logger

    init(writer: NamespaceWriter, logger: Logger) {
        self.writer = writer
        self.logger = logger
    }

    /// Looks at the clock: files of writers past their hard limit are recovered.
    func tick() {
        for expired in writer.leases.tick() {
            logger.warning(
                "lease-expired", metadata: ["inode": "\(expired.inode)", "holder": "\(expired.holder)"])
            recover(.expired(expired.inode, holder: expired.holder), restart: true)
        }
    }

    /// Takes the leases that the namespace holds into memory: their clocks start now. Recoveries begin again: their soft
    /// state is gone.
    func load(_ leases: [(inode: InodeID, lease: LeaseRow)]) {
        for (inode, lease) in leases {
            writer.leases.open(inode, holder: lease.holder, run: lease.run)
            if lease.recoveryStamp != 0 { recover(.expired(inode, holder: lease.holder), restart: true) }
        }
    }

    /// Takes the files of a run that has ended from whoever wrote them in its name: what they still send there is refused.
    func runEnded(_ run: RunID) {
        for open in writer.leases.openFiles(of: run) {
            logger.info("lease-ended-with-run", metadata: ["inode": "\(open.inode)", "run": "\(run)"])
            recover(.expired(open.inode, holder: open.holder), restart: true)
        }
    }

    /// As if the runs that have ended did so now: the namenode may have been killed just then.
    func endRuns(_ isLive: (RunID) -> Bool) {
        for run in writer.leases.writingRuns where !isLive(run) { runEnded(run) }
    }

    /// Takes a file from `holder`, a writer past its soft limit; `done` with true when the file is not open in its hands any
    /// more. Whoever else came to hold it by then, and a holder that is back, keeps it.
    func takeOver(_ inode: InodeID, holder: String, _ done: @escaping @Sendable (Bool) -> Void) {
        let operation = RecoverLease(
            caller: writer.ownCaller, target: .expired(inode, holder: holder),
            isStillExpired: { [leases = writer.leases] in leases.softExpired.contains($0) })
        writer.submit(operation) { result in
            guard case .success(.done(let answer)) = result else { return done(false) }
            done(answer.body == .result(true))
        }
    }

    func recoveryCommitted(
        block: BlockID, newStamp: GenerationStamp, length: UInt64, deleteBlock: Bool, locations: [LocatedBlock.Location]
    ) {
        let operation = CommitRecovery(
            caller: writer.ownCaller, block: block, newStamp: newStamp, length: length, deleteBlock: deleteBlock,
            heard: Set(locations.map(\.datanode.uuid)))
        writer.submit(operation) { [logger, blocks = writer.blocks] result in
            switch result {
            case .success: break
            case .failure(let error):
                blocks.noteRecoveryRefused(block, error.message)
                logger.error(
                    "recovery-not-committed",
                    metadata: ["block": "\(block)", "stamp": "\(newStamp)", "error": "\(error)"])
            }
        }
    }

    private func recover(_ target: RecoverLease.Target, restart: Bool) {
        writer.submit(RecoverLease(caller: writer.ownCaller, target: target, restart: restart)) { [logger] result in
            guard case .failure(let error) = result else { return }
            logger.error("lease-recovery-failed", metadata: ["target": "\(target)", "error": "\(error)"])
        }
    }
}
