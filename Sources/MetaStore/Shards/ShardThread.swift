internal import Core

/// Applies published batches to one shard file, behind the log, in large transactions; and checkpoints it.
///
/// `@unchecked Sendable`: the inbox is used only with `lock` held; `writer` by this thread alone once it runs.
final class ShardThread: @unchecked Sendable {
    struct Settings {
        /// Write-ahead log pages that start a checkpoint.
        var checkpointPages: Int
        /// How long a transaction waits for more to come.
        var lingerMs: Int64
        /// Changes that do not wait.
        var changesWanted: Int
    }

    private let index: Int
    private let writer: ShardWriter
    private let settings: Settings
    private let view: PublishedView
    private let gate: LagGate
    private let ledger: CheckpointLedger
    private let clock: any HFSClock
    private let onFatal: @Sendable (HFSError) -> Void
    private let lock = ConditionLock()
    private var inbox: [Batch] = []
    private var inboxChanges = 0
    /// Since when the oldest batch has waited: in the inbox, and in the transaction that runs.
    private var inboxSinceMs: Int64 = 0
    private var applyingSinceMs: Int64?
    /// Pages in the write-ahead log after the last transaction.
    private var logPages = 0
    private var isClosing = false
    private var failure: HFSError?
    private var thread: DedicatedThread?
    private var reached: UInt64

    /// A shard that found the disk full tries again after this long.
    private static let fullRetryMs: Int64 = 100

    init(
        index: Int, writer: ShardWriter, settings: Settings, view: PublishedView, gate: LagGate,
        ledger: CheckpointLedger, clock: any HFSClock,
        reached: UInt64, onFatal: @escaping @Sendable (HFSError) -> Void
    ) {
        self.index = index
        self.writer = writer
        self.settings = settings
        self.view = view
        self.gate = gate
        self.ledger = ledger
        self.clock = clock
        self.reached = reached
        self.onFatal = onFatal
    }

    func start() throws(HFSError) {
        thread = try DedicatedThread(name: "shard-\(index)") { [self] in work() }
    }

    /// Age of the oldest edit that the file lacks; 0 when there is none.
    var lagMs: Int64 {
        lock.withLock {
            guard let since = applyingSinceMs ?? (inbox.isEmpty ? nil : inboxSinceMs) else { return 0 }
            return max(0, clock.monotonicMs - since)
        }
    }

    /// Bytes of the write-ahead log, as of the last transaction.
    var logBytes: Int { lock.withLock { logPages * ShardSchema.pageBytes } }

    func submit(_ batch: Batch) {
        lock.lock()
        if inbox.isEmpty { inboxSinceMs = clock.monotonicMs }
        inbox.append(batch)
        inboxChanges += batch.changes.count
        if inbox.count == 1 || inboxChanges >= settings.changesWanted { lock.signal() }
        lock.unlock()
    }

    /// Applies what is left, checkpoints, and ends the thread.
    func close() throws(HFSError) {
        lock.withLock {
            isClosing = true
            lock.signal()
        }
        thread?.join()
        thread = nil
        if let failure { throw failure }
    }

    private func work() {
        do throws(HFSError) {
            while let batches = next() { try applyWhenPossible(batches) }
            try writer.transaction(applied: reached) { () throws(HFSError) in }
            if try writer.checkpoint(truncate: true) { ledger.setSynced(index, reached) }
        } catch {
            failure = error
            onFatal(error)
        }
    }

    private func next() -> [Batch]? {
        lock.withLock {
            while inbox.isEmpty, !isClosing { lock.wait() }
            if inboxChanges < settings.changesWanted, !isClosing { lock.wait(milliseconds: settings.lingerMs) }
            guard !inbox.isEmpty else { return nil }
            applyingSinceMs = inboxSinceMs
            defer {
                inbox = []
                inboxChanges = 0
            }
            return inbox
        }
    }

    /// Applies batches; while the disk is full it tries again, and the gate refuses new operations when the lag grows.
    private func applyWhenPossible(_ batches: [Batch]) throws(HFSError) {
        guard let last = batches.last?.lastLSN else { return }
        while true {
            do throws(HFSError) {
                try apply(batches, upTo: last)
                break
            } catch {
                guard error.code == .noSpace else { throw error }
                gate.setFull(index, error)
                let givesUp = lock.withLock {
                    if !isClosing { lock.wait(milliseconds: Self.fullRetryMs) }
                    return isClosing
                }
                if givesUp { throw error }
            }
        }
        reached = last
        view.setApplied(index, last)
        gate.setApplied(index, last)
        lock.withLock {
            applyingSinceMs = nil
            logPages = writer.logPages
        }
    }

    private func apply(_ batches: [Batch], upTo last: UInt64) throws(HFSError) {
        let work = ShardWork(batches, shard: UInt8(index))
        let beginsSegment = batches.contains { $0.beginsSegment }
        if !work.isEmpty || beginsSegment {
            try writer.transaction(applied: last) { () throws(HFSError) in try work.write(to: writer) }
        }
        guard beginsSegment || writer.logPages >= settings.checkpointPages else { return }
        do throws(HFSError) {
            if try writer.checkpoint() { ledger.setSynced(index, last) }
        } catch {
            // The rows are safe in the write-ahead log; the next checkpoint tries again.
            guard error.code == .noSpace else { throw error }
        }
    }
}
