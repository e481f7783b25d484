import Client
import Core

/// The directories and files below a path, parents first, in order of names.
enum RemoteTree {
    struct Entry: Sendable {
        let path: String
        /// Below the start, with `/`; empty for the start itself.
        let relativePath: String
        let status: FileStatus
    }

    /// `path` and everything below it. A directory that cannot be listed is among them, and goes to `onError`.
    static func walk(
        _ fileSystem: HFSFileSystem, _ path: String, _ status: FileStatus, onError: (Complaint) throws -> Void
    ) async throws -> [Entry] {
        var result: [Entry] = []
        let start = Entry(path: path, relativePath: "", status: status)
        try await visit(fileSystem, start, onError: onError) { result.append($0) }
        return result
    }

    /// Calls `body` for `start` and everything below it, and `onError` for a directory that cannot be listed.
    static func visit(
        _ fileSystem: HFSFileSystem, _ start: Entry, depthMax: Int = .max, onError: (Complaint) throws -> Void,
        _ body: (Entry) async throws -> Void
    ) async throws {
        var pending: [(entry: Entry, depth: Int)] = [(start, 0)]
        while let (entry, depth) = pending.popLast() {
            try await body(entry)
            guard entry.status.isDirectory, depth < depthMax else { continue }
            var children: [(entry: Entry, depth: Int)] = []
            do {
                for try await child in fileSystem.list(entry.path) {
                    let name = child.nameText
                    let relative = entry.relativePath.isEmpty ? name : "\(entry.relativePath)/\(name)"
                    let below = Entry(path: RemotePath.join(entry.path, name), relativePath: relative, status: child)
                    children.append((below, depth + 1))
                }
            } catch {
                if Task.isCancelled { throw error }
                try onError(Complaint(error, about: entry.path))
            }
            pending += children.reversed()
        }
    }
}
