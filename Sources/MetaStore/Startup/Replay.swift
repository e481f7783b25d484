internal import Core
internal import Synchronization

/// Applies records to the shards that lack them, at start. Counters are deltas in the log: they are added to what the file
/// holds, which `applied` dates exactly.
final class Replay {
    private let writers: [ShardWriter]
    private let shardOf: [UInt8]
    private var batch = Batch(lastLSN: 0)
    private var counters: [UInt64: Counter] = [:]
    private(set) var count = 0

    /// Bytes of row images in the batch.
    private var batchBytes = 0

    private static let batchChangesMax = 50_000
    private static let batchBytesMax = 64 << 20

    init(writers: [ShardWriter], shardOf: [UInt8]) {
        self.writers = writers
        self.shardOf = shardOf
    }

    func add(_ record: EditRecord) throws(HFSError) {
        let lsn = record.lsn.rawValue
        for change in record.mutation.rows {
            switch change {
            case .put(let key, let image): add(key, image, lsn)
            case .delete(let key) where key.table == .counter:
                // A shard that has this record already holds what came of it.
                guard writers[shard(.counter, key.id)].applied < lsn else { continue }
                counters[key.id] = Counter()
                addCounter(key.id, Counter(), isDeleted: true, lsn)
            case .delete(let key): add(key, nil, lsn)
            }
        }
        for (directory, delta) in record.mutation.counters {
            let shard = shard(.counter, directory)
            guard writers[shard].applied < lsn else { continue }
            var counter: Counter
            if let known = counters[directory] {
                counter = known
            } else {
                counter = try writers[shard].counter(directory) ?? Counter()
            }
            counter = try Self.sum(counter, delta, record)
            counters[directory] = counter
            addCounter(directory, counter, isDeleted: false, lsn)
        }
        batch.lastLSN = lsn
        count += 1
        let isFull = batch.changes.count + batch.counters.count >= Self.batchChangesMax
        if isFull || batchBytes >= Self.batchBytesMax { try flush() }
    }

    private static func sum(_ counter: Counter, _ delta: Counter, _ record: EditRecord) throws(HFSError) -> Counter {
        do throws(HFSError) {
            return try counter.adding(delta)
        } catch {
            throw HFSError(.corruptMetadata, "record \(record.lsn) does not fit the shards", cause: error.description)
        }
    }

    private func shard(_ table: Table, _ id: UInt64) -> Int { Int(shardOf[Int(RowKey(table, id).shard.rawValue)]) }

    private func add(_ key: RowKey, _ image: [UInt8]?, _ lsn: UInt64) {
        let shard = shard(key.table, key.id)
        guard writers[shard].applied < lsn else { return }
        batchBytes += image?.count ?? 0
        batch.changes.append(
            Batch.Change(table: key.table, shard: UInt8(shard), id: key.id, sub: key.sub, image: image, lsn: lsn))
    }

    private func addCounter(_ directory: UInt64, _ counter: Counter, isDeleted: Bool, _ lsn: UInt64) {
        let shard = shard(.counter, directory)
        guard writers[shard].applied < lsn else { return }
        batch.counters.append(
            Batch.CounterChange(
                shard: UInt8(shard), directory: directory, counter: counter, isDeleted: isDeleted, lsn: lsn))
    }

    /// One shard's part of a batch, on a thread of its own.
    ///
    /// `@unchecked Sendable`: `flush` waits for the thread before anything else touches the writer.
    private struct Share: @unchecked Sendable {
        var writer: ShardWriter
        var batch: Batch
        var shard: UInt8

        func apply() throws(HFSError) {
            let work = ShardWork([batch], shard: shard)
            try writer.transaction(applied: batch.lastLSN) { () throws(HFSError) in try work.write(to: writer) }
        }
    }

    /// Brings every shard to the last record.
    func flush() throws(HFSError) {
        guard batch.lastLSN > 0 else { return }
        let failures = Mutex<[HFSError]>([])
        var threads: [DedicatedThread] = []
        defer { for thread in threads { thread.join() } }
        for (index, writer) in writers.enumerated() where writer.applied < batch.lastLSN {
            let share = Share(writer: writer, batch: batch, shard: UInt8(index))
            threads.append(
                try DedicatedThread(name: "replay-\(index)") {
                    do throws(HFSError) { try share.apply() } catch { failures.withLock { $0.append(error) } }
                })
        }
        for thread in threads { thread.join() }
        threads = []
        if let failure = failures.withLock({ $0.first }) { throw failure }
        batch = Batch(lastLSN: batch.lastLSN)
        batchBytes = 0
        counters = [:]
    }
}
