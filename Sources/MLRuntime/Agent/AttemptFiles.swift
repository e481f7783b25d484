import Client
import Core
import Synchronization

/// What of an attempt is written while its program runs, by one task beside the one that reads the program's output: that one
/// never waits for servers, but where more waits for them than memory may hold.
final class AttemptFiles: Sendable {
    let log: SpooledFile
    let metrics: SpooledFile
    let checkpoints: CheckpointPublisher
    private let failed = Mutex<HFSError?>(nil)
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(
        _ directory: String, checkpoints: CheckpointPublisher, on fileSystem: HFSFileSystem, clock: any HFSClock
    ) {
        log = SpooledFile("\(directory)/output.log", on: fileSystem, clock: clock)
        metrics = SpooledFile("\(directory)/\(MetricLog.fileName)", on: fileSystem, clock: clock)
        self.checkpoints = checkpoints
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// What keeps them from being written, for good.
    var failure: HFSError? { failed.withLock { $0 } }

    /// No more bytes are to be added for now.
    var isFull: Bool { log.pendingCount > SpooledFile.roomBytes || metrics.pendingCount > SpooledFile.roomBytes }

    /// There is something to write.
    func flushSoon() { wake.yield() }

    /// The program has ended: `run` returns when it has written what it was told of.
    func end() { wake.finish() }

    /// Writes whenever it is told to. Reports come before the checkpoints that followed them.
    func run() async {
        for await _ in wakes where failure == nil {
            do throws(HFSError) {
                try await log.flush()
                try await metrics.flush()
                try await checkpoints.publish()
            } catch {
                failed.withLock { $0 = error }
            }
        }
    }
}
