import Client
import Core
import Synchronization

/// A file of an attempt that grows while its program runs. What is added waits here, in memory and bounded, until the datanodes
/// have it. Where they or the namenode are away for a while it waits longer; a writer that breaks is followed by another, which
/// goes on where the file ends: each byte is in it once.
///
/// Anybody may add; one task at a time flushes or closes.
final class SpooledFile: Sendable {
    private struct State {
        /// What the datanodes have not acknowledged.
        var pending: [UInt8] = []
        /// Where in the file it begins.
        var start: UInt64 = 0
        /// Bytes of it that the writer has.
        var writtenCount = 0
        var writer: FileWriter?
        var isCreated = false
        /// Nobody took its bytes for too long: the file ends with what it has.
        var isGivenUp = false
    }

    /// Waiting bytes beyond which a program has to wait, too.
    static let roomBytes = 4 << 20
    /// Given to the datanodes at a time.
    private static let batchBytes = 1 << 20

    private let path: String
    private let fileSystem: HFSFileSystem
    private let clock: any HFSClock
    private let state = Mutex(State())

    init(_ path: String, on fileSystem: HFSFileSystem, clock: any HFSClock) {
        self.path = path
        self.fileSystem = fileSystem
        self.clock = clock
    }

    var pendingCount: Int { state.withLock { $0.pending.count } }

    func add(_ bytes: [UInt8]) {
        state.withLock { state in
            if !state.isGivenUp { state.pending += bytes }
        }
    }

    /// Returns when all that was added before is in the memory of the datanodes, where readers see it.
    func flush() async throws(HFSError) {
        do throws(HFSError) {
            while pendingCount > 0 { try await patiently { () async throws(HFSError) in try await self.flushBatch() } }
        } catch {
            state.withLock { state in
                state.isGivenUp = true
                state.pending = []
                state.writtenCount = 0
            }
            throw error
        }
    }

    /// Ends the file with all that was added. One that was never flushed is made whole, in one step where it is small.
    func close() async throws(HFSError) {
        let (isCreated, isGivenUp, bytes) = state.withLock { ($0.isCreated, $0.isGivenUp, $0.pending) }
        if isGivenUp {
            // What it could not take is the attempt's reason by now.
            if isCreated { _ = try? await fileSystem.recoverLease(path) }
            return
        }
        guard isCreated else {
            guard !bytes.isEmpty else { return }
            return try await patiently { () async throws(HFSError) in try await fileSystem.write(bytes, to: path) }
        }
        try await flush()
        try await patiently { () async throws(HFSError) in
            try await opened().close()
            state.withLock { $0.writer = nil }
        }
    }

    /// What kept it from being ended.
    func closingFailure() async -> HFSError? {
        do throws(HFSError) {
            try await close()
            return nil
        } catch {
            return error
        }
    }

    // MARK: Parts

    private func flushBatch() async throws(HFSError) {
        let writer = try await opened()
        let batch = state.withLock { state -> [UInt8] in
            let batch = Array(state.pending.dropFirst(state.writtenCount).prefix(Self.batchBytes))
            state.writtenCount += batch.count
            return batch
        }
        if !batch.isEmpty { try await writer.write(batch) }
        try await writer.hflush()
        state.withLock { state in
            state.pending.removeFirst(state.writtenCount)
            state.start += UInt64(state.writtenCount)
            state.writtenCount = 0
        }
    }

    /// The writer, a new one where the last one broke.
    private func opened() async throws(HFSError) -> FileWriter {
        let (writer, isCreated) = state.withLock { ($0.writer, $0.isCreated) }
        if let writer { return writer }
        let opened: FileWriter
        if isCreated {
            opened = try await reopened()
        } else {
            opened = try await fileSystem.create(path, CreateOptions(overwrites: true))
        }
        state.withLock { state in
            state.isCreated = true
            state.writer = opened
        }
        return opened
    }

    /// Takes the file from the writer that broke, and drops what it has brought there all the same.
    private func reopened() async throws(HFSError) -> FileWriter {
        guard try await fileSystem.recoverLease(path) else {
            throw HFSError(.recoveryInProgress, "The last block is being recovered", subject: path)
        }
        let length = try await fileSystem.status(of: path).length
        state.withLock { state in
            state.writtenCount = 0
            let kept = min(Int(clamping: length - min(length, state.start)), state.pending.count)
            state.pending.removeFirst(kept)
            state.start += UInt64(kept)
        }
        return try await fileSystem.append(path)
    }

    /// Does it again while only the moment is wrong, with another writer.
    private func patiently(_ body: () async throws(HFSError) -> Void) async throws(HFSError) {
        try await Patience(fileSystem: fileSystem, clock: clock).run(body) {
            let broken = state.withLock { state -> FileWriter? in
                defer { state.writer = nil }
                return state.writer
            }
            await broken?.abort()
        }
    }
}
