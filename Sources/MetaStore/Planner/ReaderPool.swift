internal import Core
internal import DequeModule

/// Threads that fetch cold rows from the shards, each with a connection of its own to every shard.
///
/// `@unchecked Sendable`: mutable state is used only with `lock` held; `threads` only by `start` and `close`.
final class ReaderPool: @unchecked Sendable {
    private let paths: [String]
    private let shardOf: [UInt8]
    private let vfs: String?
    private let cacheBytes: Int
    private let queueMax: Int
    private let lock = ConditionLock()
    /// Operations that wait for rows, and cold reads.
    private var operations = Deque<FetchTask>()
    private var reads = Deque<FetchTask>()
    private var taken = 0
    private var isClosed = false
    private var threads: [DedicatedThread] = []

    private static let readsTurn = 4

    init(paths: [String], shardOf: [UInt8], vfs: String?, cacheBytes: Int, queueMax: Int) {
        self.paths = paths
        self.shardOf = shardOf
        self.vfs = vfs
        self.cacheBytes = cacheBytes
        self.queueMax = queueMax
    }

    func start(threads count: Int) throws(HFSError) {
        for index in 0..<count {
            threads.append(
                try DedicatedThread(name: "shard-reader-\(index)") { [self] in
                    var readers = [ShardReader?](repeating: nil, count: paths.count)
                    while let task = next() { run(task, &readers) }
                })
        }
    }

    /// False when the queue is full or closed: the task was not taken. An operation goes before reads, so that a scan of cold
    /// files does not hold up writers; every fourth fetch is a read's all the same.
    func submit(_ task: FetchTask, isOperation: Bool = false) -> Bool {
        lock.withLock {
            guard !isClosed, operations.count + reads.count < queueMax else { return false }
            if isOperation { operations.append(task) } else { reads.append(task) }
            lock.signal()
            return true
        }
    }

    /// Operations and reads that no thread has taken yet.
    var queueDepth: Int { lock.withLock { operations.count + reads.count } }

    /// Finishes what is queued and ends the threads.
    func close() {
        lock.withLock {
            isClosed = true
            lock.broadcast()
        }
        for thread in threads { thread.join() }
        threads = []
    }

    private func next() -> FetchTask? {
        lock.withLock {
            while operations.isEmpty, reads.isEmpty, !isClosed { lock.wait() }
            taken &+= 1
            if taken % Self.readsTurn == 0, let read = reads.popFirst() { return read }
            return operations.popFirst() ?? reads.popFirst()
        }
    }

    private func run(_ task: FetchTask, _ readers: inout [ShardReader?]) {
        var failure: HFSError?
        repeat {
            do throws(HFSError) {
                try fetch(task, &readers)
            } catch {
                failure = error
            }
        } while task.proceed(failure)
    }

    private func fetch(_ task: FetchTask, _ readers: inout [ShardReader?]) throws(HFSError) {
        var byShard: [Int: [RowRequest]] = [:]
        for request in task.wanted { byShard[shard(of: request), default: []].append(request) }
        task.wanted = []
        for (shard, requests) in byShard.sorted(by: { $0.key < $1.key }) {
            let reader: ShardReader
            if let open = readers[shard] {
                reader = open
            } else {
                reader = try ShardReader(paths[shard], cacheBytes: cacheBytes, vfs: vfs)
                readers[shard] = reader
            }
            task.fetched += try reader.fetch(requests, shard: shard)
        }
    }

    private func shard(of request: RowRequest) -> Int {
        let key =
            switch request {
            case .row(let key): key
            case .scan(let table, let id, _, _), .scanBack(let table, let id, _, _): RowKey(table, id)
            }
        return Int(shardOf[Int(key.shard.rawValue)])
    }
}
