internal import Core
internal import Synchronization

/// The planner thread's state: runs plans, resolves counters, numbers, encodes, and collects the open batch.
///
/// `@unchecked Sendable`: made by `open`, then used by the planner thread alone.
final class PlanRun: @unchecked Sendable {
    struct Start {
        var lsn: UInt64
        var epoch: UInt32
        var ids: IDRange
        var retries: RetryCache
        var clusterID: String
        var segmentPosition: Int
        var segmentBytes: Int
        var newSegmentBytes: Int
        var smallFileBytes: UInt64
    }

    /// In the log until now, but for those that a start found in its last segment.
    private var smallFileBytes: UInt64
    private let clock: any HFSClock
    private let view: PlanView
    private let published: PublishedView
    private let readers: ReaderPool
    private let keeper: SegmentKeeper
    private let gate: LagGate
    private let metrics: EngineMetrics
    private let shardOf: [UInt8]
    private let start: Start
    private var lsn: UInt64
    private var ids: IDRange
    /// Ids below these are reserved in the log.
    private var reserved: IDRange
    private var retries: RetryCache
    private var segment: (position: Int, bytes: Int)
    /// A segment taken from the keeper and not begun yet.
    private var claimed: String?
    /// A plan that runs with the published view locked needs a segment and there is none: it runs again.
    private var isSegmentWanted = false
    private(set) var batch: Batch
    weak var planner: Planner?

    /// Ids reserved at a time: what a restart skips at most.
    private static let reservationStep: UInt64 = 1 << 14
    private static let batchJobsMax = 4096
    private static let batchBytesMax = 4 << 20

    init(
        start: Start, clock: any HFSClock, published: PublishedView, readers: ReaderPool, keeper: SegmentKeeper,
        gate: LagGate, metrics: EngineMetrics, shardOf: [UInt8]
    ) {
        self.start = start
        self.clock = clock
        self.published = published
        self.readers = readers
        self.keeper = keeper
        self.gate = gate
        self.metrics = metrics
        self.shardOf = shardOf
        view = PlanView(published)
        lsn = start.lsn
        smallFileBytes = start.smallFileBytes
        ids = start.ids
        reserved = start.ids
        retries = start.retries
        segment = (start.segmentPosition, start.segmentBytes)
        batch = Batch(lastLSN: start.lsn)
    }

    var isFull: Bool { batch.jobs.count >= Self.batchJobsMax || batch.bytes.count >= Self.batchBytesMax }

    func handOver() -> Batch {
        let full = batch
        full.lastLSN = lsn
        gate.handedOver(lsn, bytes: full.bytes.count)
        metrics.retryEntries.store(retries.count, ordering: .relaxed)
        batch = Batch(lastLSN: lsn)
        return full
    }

    /// What was handed over last has been published, or never will be.
    func forgetPublished() { view.forgetChanges() }

    /// Plans one job into the open batch, or sends it for rows. False when it was to be deferred and was refused instead.
    func plan(_ job: PlannerJob) -> Bool {
        if case .failed = job.result {
            batch.jobs.append(job)
            return true
        }
        do throws(PlanInterrupt) {
            try planNow(job)
            batch.jobs.append(job)
            return true
        } catch {
            switch error {
            case .refused(let error):
                job.result = .failed(error)
                batch.jobs.append(job)
                return true
            case .needRows(let rows): return fetch(rows, for: job)
            }
        }
    }

    private func fetch(_ rows: [RowRequest], for job: PlannerJob) -> Bool {
        job.planner = planner
        planner?.deferring()
        metrics.deferrals.add()
        if job.want(rows), readers.submit(job, isOperation: true) { return true }
        job.result = .failed(HFSError(.retriable, "too many reads of cold metadata are waiting"))
        batch.jobs.append(job)
        return false
    }

    private func planNow(_ job: PlannerJob) throws(PlanInterrupt) {
        let nowMs = clock.nowMs
        var client: ClientKey?
        if let retry = job.retry {
            let key = try refusing { () throws(HFSError) in try ClientKey(retry.clientID) }
            if let answer = retries.answer(key, retry.callID, nowMs: nowMs) {
                job.result = .replayed(answer)
                return
            }
            client = key
        }
        try refusing { () throws(HFSError) in try gate.admit(lsn + 1, beforeWaiting: { planner?.flush() }) }
        guard !job.fetched.isEmpty else { return try planBody(job, client, nowMs: nowMs) }
        do throws(PlanInterrupt) {
            try planLocked(job, client, nowMs: nowMs)
        } catch {
            guard isSegmentWanted else { throw error }
            // The disk may take its time; nobody waits for the published view meanwhile.
            planner?.flush()
            claimed = try refusing { () throws(HFSError) in try keeper.claim() }
            try planLocked(job, client, nowMs: nowMs)
        }
    }

    private func planLocked(_ job: PlannerJob, _ client: ClientKey?, nowMs: Int64) throws(PlanInterrupt) {
        isSegmentWanted = false
        // Rows that were fetched stay while the lock is held, whatever the size of the cache.
        published.lock.lock()
        view.isLocked = true
        defer {
            published.lockedEvict()
            view.isLocked = false
            published.lock.unlock()
        }
        let isMerged = try refusing { () throws(HFSError) in try job.lockedMerge(into: published) }
        guard isMerged else { throw .needRows(job.wanted) }
        try planBody(job, client, nowMs: nowMs)
    }

    private func planBody(_ job: PlannerJob, _ client: ClientKey?, nowMs: Int64) throws(PlanInterrupt) {
        var inputs = PlanInputs(nowMs: nowMs, ids: ids)
        let mutation = try job.plan(view, &inputs)
        job.result = .done
        let reservation = nextReservation(inputs.ids)
        if mutation.isEmpty, reservation == nil {
            ids = inputs.ids
            return
        }
        try refusing { () throws(HFSError) in try mutation.validate(inputs.ids) }
        let counters = try resolve(mutation)
        var retry: (client: ClientKey, callID: Int32, answer: [UInt8])?
        if let client, let key = job.retry, !mutation.isEmpty { retry = (client, key.callID, job.answer()) }
        try refusing { () throws(HFSError) in
            try append(mutation, job.origin, retry, reservation, nowMs: inputs.nowMs)
        }
        // Nothing can fail from here on.
        ids = inputs.ids
        if let reservation { reserved = reservation }
        if let retry { retries.insert(retry.client, retry.callID, retry.answer, atMs: inputs.nowMs) }
        take(mutation, counters)
        if !mutation.isEmpty { job.logged() }
    }

    private func refusing<R>(_ body: () throws(HFSError) -> R) throws(PlanInterrupt) -> R {
        do throws(HFSError) { return try body() } catch { throw .refused(error) }
    }

    /// New limits when a plan took ids above the reserved ones. Each kind moves by itself: blocks reserved tell a start that
    /// blocks were handed out.
    private func nextReservation(_ ids: IDRange) -> IDRange? {
        func limit(_ next: UInt64, _ reserved: UInt64) -> UInt64 {
            next > reserved ? next + Self.reservationStep : reserved
        }
        let wanted = IDRange(
            inodeSequence: limit(ids.inodeSequence, reserved.inodeSequence),
            blockSequence: limit(ids.blockSequence, reserved.blockSequence),
            generationStamp: limit(ids.generationStamp, reserved.generationStamp), directoryShard: ids.directoryShard)
        let isEnough =
            wanted.inodeSequence == reserved.inodeSequence && wanted.blockSequence == reserved.blockSequence
            && wanted.generationStamp == reserved.generationStamp
        return isEnough ? nil : wanted
    }

    /// The whole value of each counter after the mutation.
    private func resolve(_ mutation: Mutation) throws(PlanInterrupt) -> [(directory: UInt64, counter: Counter)] {
        var resolved: [(directory: UInt64, counter: Counter)] = []
        var missing: [RowRequest] = []
        for (directory, delta) in mutation.counters {
            if let index = resolved.firstIndex(where: { $0.directory == directory }) {
                let known = resolved[index].counter
                resolved[index].counter = try refusing { () throws(HFSError) in try known.adding(delta) }
            } else if mutation.removesCounter(directory) {
                resolved.append((directory, delta))
            } else if let known = view.knownCounter(directory) {
                resolved.append((directory, try refusing { () throws(HFSError) in try known.adding(delta) }))
            } else {
                missing.append(.row(RowKey(.counter, directory)))
            }
        }
        guard missing.isEmpty else { throw .needRows(missing) }
        return resolved
    }

    /// Encodes the record and finds its place in a segment.
    private func append(
        _ mutation: Mutation, _ origin: EditOrigin, _ retry: (client: ClientKey, callID: Int32, answer: [UInt8])?,
        _ reservation: IDRange?, nowMs: Int64
    ) throws(HFSError) {
        let offset = batch.bytes.count
        EditRecordCodec.append(
            to: batch.bytes, lsn: lsn + 1, epoch: start.epoch, timeMs: nowMs, origin: origin, mutation: mutation,
            retry: retry, reservation: reservation)
        let size = batch.bytes.count - offset
        let sizeMax = min(EditRecordCodec.bodyBytesMax, start.newSegmentBytes - SegmentHeader.bytes)
        guard size <= sizeMax else {
            batch.bytes.cut(to: offset)
            throw HFSError(
                .invalidArgument,
                "the operation changes \(size) bytes of metadata at once, at most \(sizeMax) are allowed")
        }
        if segment.position + size > segment.bytes {
            do throws(HFSError) {
                try beginSegment(nowMs: nowMs)
            } catch {
                batch.bytes.cut(to: offset)
                throw error
            }
        } else if batch.runs.isEmpty {
            batch.runs.append(Batch.Run(position: segment.position))
        }
        let run = batch.runs.count - 1
        batch.runs[run].offsets.append(offset)
        batch.runs[run].end = offset + size
        batch.runs[run].lastLSN = lsn + 1
        segment.position += size
    }

    private func beginSegment(nowMs: Int64) throws(HFSError) {
        if claimed == nil, view.isLocked { claimed = try keeper.claimReady() }
        if claimed == nil, view.isLocked {
            isSegmentWanted = true
            throw HFSError(.retriable, "no edits segment is ready")
        }
        let path = if let claimed { claimed } else { try keeper.claim() }
        claimed = nil
        let header = SegmentHeader(
            clusterID: start.clusterID, epoch: start.epoch, firstLSN: lsn + 1, createdMs: nowMs, reservation: reserved,
            smallFileBytes: smallFileBytes)
        batch.runs.append(
            Batch.Run(newSegment: header, preparedPath: path, retries: retries, position: SegmentHeader.bytes))
        segment = (SegmentHeader.bytes, start.newSegmentBytes)
    }

    /// Puts a numbered mutation into the pending layer and the batch.
    private func take(_ mutation: Mutation, _ counters: [(directory: UInt64, counter: Counter)]) {
        lsn += 1
        for change in mutation.rows {
            switch change {
            case .put(let key, let image): take(key, image)
            case .delete(let key): take(key, nil)
            }
        }
        for (directory, counter) in counters { take(directory, counter, isDeleted: false) }
    }

    private func take(_ key: RowKey, _ image: [UInt8]?) {
        if key.table == .counter { return take(key.id, Counter(), isDeleted: true) }
        if key.table == .inline, let image { smallFileBytes += UInt64(image.count) }
        view.open.apply(key.table, key.id, key.sub, image, lsn: lsn)
        batch.changes.append(
            Batch.Change(
                table: key.table, shard: shardOf[Int(key.shard.rawValue)], id: key.id, sub: key.sub, image: image,
                lsn: lsn))
    }

    private func take(_ directory: UInt64, _ counter: Counter, isDeleted: Bool) {
        view.open.setCounter(directory, counter, lsn: lsn)
        let shard = shardOf[Int(RowKey(.counter, directory).shard.rawValue)]
        batch.counters.append(
            Batch.CounterChange(shard: shard, directory: directory, counter: counter, isDeleted: isDeleted, lsn: lsn))
    }
}
