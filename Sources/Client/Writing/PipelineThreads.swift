import Core
import Synchronization
import Transport

/// The threads of all pipelines of one filesystem: each open block has its two, a sender and a reader of acknowledgements,
/// or is refused. Nothing queues here: a queued sender or reader would wait for another file's end. Thread-safe.
final class PipelineThreads: Sendable {
    /// Has room for twice the threads that are promised: those of a broken connection may end while its successor starts,
    /// and a copy to a new datanode takes one for a moment.
    let pool: ThreadPool
    private let blocksMax: Int
    private let openBlocks = Mutex(0)

    /// - Parameter threadsMax: threads promised at once, two for each block being written.
    init(threadsMax: Int) {
        blocksMax = max(threadsMax / 2, 1)
        pool = ThreadPool(name: "hfs-pipeline", threadsMax: 4 * blocksMax)
    }

    /// Takes one block's threads. Errors: `.retriable` when all are taken.
    func take() throws(HFSError) {
        let isTaken = openBlocks.withLock { count -> Bool in
            guard count < blocksMax else { return false }
            count += 1
            return true
        }
        guard isTaken else {
            throw HFSError(
                .retriable,
                "All threads for \(blocksMax) blocks being written at once are taken; close a file or raise "
                    + "transferThreadsMax")
        }
    }

    func giveBack() {
        openBlocks.withLock { count in
            precondition(count > 0, "threads are given back once")
            count -= 1
        }
    }
}
