import Core
import Transport

/// Reads a range of a file from its datanodes, replica after replica and block after block, on a thread that may block.
/// Used by one thread at a time.
///
/// `@unchecked Sendable`: it moves between threads only from the end of one read to the start of the next, and the owner
/// orders these (`FileReader`, `ChunkFeed`).
final class RangeReader: @unchecked Sendable {
    private let source: ReplicaSource
    private let layout: FileLayout
    private let canceller: SocketCanceller
    /// In the file.
    private(set) var position: UInt64
    let end: UInt64
    private var stream: BlockStream?
    /// The replica being read or tried.
    private var node: LocatedBlock.Location?

    init(source: ReplicaSource, layout: FileLayout, from start: UInt64, to end: UInt64, canceller: SocketCanceller) {
        self.source = source
        self.layout = layout
        self.canceller = canceller
        position = start
        self.end = end
    }

    /// What a read brought: bytes, fewer than asked when `error` says why.
    struct Outcome: Sendable {
        var bytes: [UInt8]
        var error: HFSError?
    }

    /// The next `count` bytes at most.
    /// - Parameter deadlineMs: by the monotonic clock; no new replica is tried behind it.
    func read(count: Int, deadlineMs: Int64) -> Outcome {
        let wanted = Int(min(UInt64(count), end - min(position, end)))
        var failure: HFSError?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { memory, initialized in
            let target = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: memory[..<wanted]))
            while initialized < wanted {
                do throws(HFSError) {
                    initialized += try readSome(
                        into: UnsafeMutableRawBufferPointer(rebasing: target[initialized...]), deadlineMs: deadlineMs)
                } catch {
                    failure = error
                    return
                }
            }
        }
        if position == end { finishStream() }
        return Outcome(bytes: bytes, error: failure)
    }

    /// Bytes of one block, from whichever replica gives them.
    private func readSome(into target: UnsafeMutableRawBufferPointer, deadlineMs: Int64) throws(HFSError) -> Int {
        if stream == nil, let inline = layout.inline, position < UInt64(inline.count) {
            let bytes = inline[Int(position)...].prefix(target.count)
            target.copyBytes(from: bytes)
            position += UInt64(bytes.count)
            return bytes.count
        }
        var last: HFSError?
        while true {
            if canceller.isCancelled { throw HFSError(.cancelled, "The read was cancelled") }
            if source.clock.monotonicMs >= deadlineMs {
                throw HFSError(.timedOut, "The read took too long", cause: last?.message)
            }
            do throws(HFSError) {
                let stream = try openStream(last: last)
                let count = try stream.read(into: target)
                position += UInt64(count)
                if stream.isAtEnd { finishStream() }
                return count
            } catch {
                guard let failed = node else { throw error }
                drop(failed, error)
                if error.code == .cancelled { throw error }
                last = error
            }
        }
    }

    /// The stream at `position`, opened from the next candidate if there is none. `node` is nil when none was tried.
    private func openStream(last: HFSError?) throws(HFSError) -> BlockStream {
        if let stream { return stream }
        node = nil
        guard let piece = layout.piece(at: position), let location = piece.candidates.first else {
            throw HFSError(.blockUnavailable, "No replica can be read at byte \(position)", cause: last?.description)
        }
        node = location
        let start = position - piece.located.offset
        let opened = try source.open(
            piece.located.block, at: location.datanode, from: start, to: min(piece.end, end) - piece.located.offset,
            token: piece.token, canceller: canceller)
        stream = opened
        return opened
    }

    private func finishStream() {
        guard let stream else { return }
        self.stream = nil
        canceller.watch(nil)
        if stream.finish() { source.cache.put(stream.connection) }
    }

    private func drop(_ failed: LocatedBlock.Location, _ error: HFSError) {
        stream = nil
        canceller.watch(nil)
        guard error.code != .cancelled else { return }
        if error.code == .checksumMismatch, let piece = layout.piece(at: position) {
            layout.markCorrupt(piece.located.block, failed)
        } else {
            layout.markFailed(failed.datanode)
        }
    }
}
