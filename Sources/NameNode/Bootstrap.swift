import Core
import MetaStore

/// The directories that people expect in a new cluster, made by ordinary operations: `/tmp` for everybody, and a home.
enum Bootstrap {
    /// Changes nothing that is there already.
    static func run(_ writer: NamespaceWriter, homeOf user: String) async throws(HFSError) {
        try await makeDirectory(writer, "/tmp", FileMode(0o1777), owner: nil)
        try await makeDirectory(writer, "/user", FileMode(0o755), owner: nil)
        try await makeDirectory(writer, "/user/\(user)", .directoryDefault, owner: user)
    }

    private static func makeDirectory(
        _ writer: NamespaceWriter, _ text: String, _ mode: FileMode, owner: String?
    ) async throws(HFSError) {
        let path = try FilePath(text)
        let status = try await writer.status(of: path)
        guard status == nil else { return }
        _ = try await writer.submit(
            Mkdirs(caller: writer.ownCaller, path: path, mode: mode, unmasked: nil, createParent: true))
        guard let owner, owner != writer.ownCaller.user else { return }
        _ = try await writer.submit(SetOwner(caller: writer.ownCaller, path: path, user: owner, group: nil))
    }
}

extension NamespaceWriter {
    func read<R: Sendable>(
        _ body: @escaping @Sendable (any MetadataView) throws(PlanInterrupt) -> R
    ) async throws(HFSError) -> R {
        let result: Result<R, HFSError> = await withCheckedContinuation { continuation in
            engine.read(body) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    func status(of path: FilePath) async throws(HFSError) -> FileStatus? {
        let question = GetFileInfo(caller: ownCaller, path: path)
        return try await read { view throws(PlanInterrupt) in try question.run(view) }
    }
}
