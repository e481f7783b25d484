import Client
import Core
import Glibc

/// Copies files out of the filesystem. A local file appears under its name when it is complete: until then its bytes are
/// in `.NAME._COPYING_` beside it.
struct Downloader: Sendable {
    let session: Session
    let options: TransferOptions
    let progress: Progress

    /// Writes all bytes of `path` to `output`.
    func copy(_ path: String, to output: LocalFile, countingProgress: Bool = true) async throws {
        let reader = try await session.fileSystem.open(path)
        do {
            for try await chunk in reader.chunks() {
                try await output.write(chunk)
                if countingProgress { progress.advance(chunk.count) }
            }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
    }

    /// Makes the local file `target` a copy of `path`. On an error or a cancellation nothing of it stays.
    func copy(_ path: String, _ status: FileStatus, toFile target: String) async throws {
        var existing = stat()
        if lstat(target, &existing) == 0 {
            if existing.st_mode & S_IFMT == S_IFDIR { throw Complaint(target, "Is a directory") }
            if !options.force { throw Complaint(target, "File exists") }
        }
        let temporary = Self.temporaryName(target)
        let file = try LocalFile.writing(temporary, mode: status.mode.bits & 0o777 | 0o200)
        do {
            try await copy(path, to: file)
            if options.preserve {
                try await file.setTimes(modifiedMs: status.modifiedMs, accessedMs: status.accessedMs)
            }
            try await file.close()
            if rename(temporary, target) != 0 { throw Complaint(errnoOf: target) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    static func temporaryName(_ target: String) -> String {
        guard let slash = target.lastIndex(of: "/") else { return ".\(target)\(Uploader.temporarySuffix)" }
        return "\(target[...slash]).\(target[target.index(after: slash)...])\(Uploader.temporarySuffix)"
    }
}
