import Core
import Synchronization
import Transport

/// Chunks of a file in order, one of them read ahead on a thread of the pool. One consumer.
final class ChunkFeed: Sendable {
    private enum Slot {
        case empty
        case running
        case awaited(CheckedContinuation<RangeReader.Outcome, Never>)
        case ready(RangeReader.Outcome)
    }

    private let reader: FileReader
    private let range: RangeReader
    private let canceller: SocketCanceller
    private let slot = Mutex<Slot>(.empty)

    init(reader: FileReader, range: RangeReader, canceller: SocketCanceller) {
        self.reader = reader
        self.range = range
        self.canceller = canceller
    }

    deinit {
        canceller.cancel()
        reader.finish(canceller)
    }

    /// The next chunk; nil at the end.
    func next() async throws(HFSError) -> [UInt8]? {
        var retry = reader.retries()
        while true {
            try start()
            let outcome = await withTaskCancellationHandler {
                await take()
            } onCancel: {
                canceller.cancel()
            }
            await reader.reportCorrupt()
            if outcome.error == nil || !outcome.bytes.isEmpty {
                // An error behind these bytes shows again in the next read.
                guard !outcome.bytes.isEmpty else { return nil }
                if outcome.error == nil { try start() }
                return outcome.bytes
            }
            if let error = outcome.error { try await reader.recover(from: error, &retry) }
        }
    }

    /// Begins to read a chunk, unless one is read or ready.
    private func start() throws(HFSError) {
        let isNeeded = slot.withLock { slot -> Bool in
            guard case .empty = slot else { return false }
            slot = .running
            return true
        }
        guard isNeeded else { return }
        let count = reader.chunkBytes
        let deadlineMs = reader.deadlineMs()
        do throws(HFSError) {
            try reader.pool.submit { [range, weak self] in
                let outcome = range.read(count: count, deadlineMs: deadlineMs)
                self?.finish(outcome)
            }
        } catch {
            slot.withLock { $0 = .empty }
            throw error
        }
    }

    private func finish(_ outcome: RangeReader.Outcome) {
        let waiting = slot.withLock { slot -> CheckedContinuation<RangeReader.Outcome, Never>? in
            if case .awaited(let continuation) = slot {
                slot = .empty
                return continuation
            }
            slot = .ready(outcome)
            return nil
        }
        waiting?.resume(returning: outcome)
    }

    private func take() async -> RangeReader.Outcome {
        await withCheckedContinuation { continuation in
            let ready = slot.withLock { slot -> RangeReader.Outcome? in
                if case .ready(let outcome) = slot {
                    slot = .empty
                    return outcome
                }
                slot = .awaited(continuation)
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }
}
