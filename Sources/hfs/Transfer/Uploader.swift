import Client
import Core

/// Copies local files into the filesystem. A file appears under its name when it is complete, as with HDFS's own shell:
/// it is written as `NAME.<16 hex digits>._COPYING_` and renamed. HDFS's own name has no digits, and two who write one target
/// at a time destroy each other's file.
struct Uploader: Sendable {
    static let chunkBytes = 1 << 20
    static let temporarySuffix = "._COPYING_"

    let session: Session
    let options: TransferOptions
    let placement: PlacementOptions
    let progress: Progress

    /// Writes all of `source` to the file `target`.
    func copy(
        _ source: LocalFile, to target: String, mode: FileMode?, modifiedMs: Int64? = nil, accessedMs: Int64? = nil
    ) async throws {
        // Times would be set in a second step.
        var start: [UInt8] = []
        if !options.preserve {
            start = try await source.readUp(to: Limits.inlineBytesMax + 1)
            if try await copyAtOnce(start, to: target, mode: mode) { return }
        }
        try await write(to: target, mode: mode, modifiedMs: modifiedMs, accessedMs: accessedMs) { [start] writer in
            try await writer.write(start)
            progress.advance(start.count)
            while true {
                let bytes = try await source.read(Self.chunkBytes)
                if bytes.isEmpty { break }
                try await writer.write(bytes)
                progress.advance(bytes.count)
            }
        }
    }

    /// Makes a small file under its own name, in one step; false when it is none.
    private func copyAtOnce(_ bytes: [UInt8], to target: String, mode: FileMode?) async throws -> Bool {
        guard !placement.noInline, !bytes.isEmpty, bytes.count <= Limits.inlineBytesMax else { return false }
        try await checkTarget(target)
        do throws(HFSError) {
            let isDone = try await session.fileSystem.writeAtOnce(
                bytes, to: target, CreateOptions(overwrites: options.force, createsParents: false, mode: mode))
            if isDone { progress.advance(bytes.count) }
            return isDone
        } catch {
            throw try await Self.failure(error, target, target, session)
        }
    }

    private func checkTarget(_ target: String) async throws {
        guard let existing = try await session.statusIfExists(target) else { return }
        if existing.isDirectory { throw Complaint(target, "Is a directory") }
        if !options.force { throw Complaint(target, "File exists") }
    }

    /// Creates the file `target` with what `fill` writes. On an error or a cancellation nothing of it stays.
    func write(
        to target: String, mode: FileMode?, modifiedMs: Int64?, accessedMs: Int64?,
        _ fill: (FileWriter) async throws -> Void
    ) async throws {
        let fileSystem = session.fileSystem
        try await checkTarget(target)
        let temporary = Self.temporaryName(for: target)
        let writer: FileWriter
        do {
            writer = try await fileSystem.create(
                temporary,
                CreateOptions(
                    overwrites: false, createsParents: false, mode: mode, allowsInline: !placement.noInline))
        } catch {
            throw try await Self.failure(error, temporary, target, session)
        }
        do {
            try await fill(writer)
            try await writer.close()
            if options.preserve, modifiedMs != nil || accessedMs != nil {
                try await fileSystem.setTimes(temporary, modifiedMs: modifiedMs, accessedMs: accessedMs)
            }
            try await fileSystem.rename(temporary, to: target, overwriting: options.force)
        } catch {
            // The file is ours: nobody else makes this name, and it was not there before. In a task of its own, because a cancelled task cannot call any more; awaited here.
            await Task {
                await writer.abort()
                _ = try? await fileSystem.delete(temporary)
            }.value
            throw error is Complaint || error is CancellationError ? error : Complaint(error, about: target)
        }
    }

    /// Why `target` could not be begun, without the name that only we know. HDFS answers for a missing directory that there
    /// is no right to make it, where there is none.
    private static func failure(
        _ error: HFSError, _ temporary: String, _ target: String, _ session: Session
    ) async throws(HFSError) -> HFSError {
        if error.code == .accessDenied, try await session.statusIfExists(RemotePath.parent(target)) == nil {
            return HFSError(.fileNotFound, error.message)
        }
        return HFSError(
            error.code, error.message.replacing(temporary, with: target), subject: error.subject, cause: error.cause)
    }

    /// A name beside `target` that no other writer has.
    private static func temporaryName(for target: String) -> String {
        let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return target + "." + String(repeating: "0", count: 16 - digits.count) + digits + temporarySuffix
    }
}
