import Client

extension Session {
    /// Runs `body` for each path, and with `recursive` for everything below; each failure is said and the rest goes on.
    func forEachEntry(
        _ operands: [String], recursive: Bool, _ body: (RemoteTree.Entry) async throws -> Void
    ) async throws {
        for path in try await expand(operands) {
            try await attempt(path) {
                let status = try await fileSystem.status(of: path)
                let start = RemoteTree.Entry(path: path, relativePath: "", status: status)
                try await RemoteTree.visit(
                    fileSystem, start, depthMax: recursive ? .max : 0, onError: { try fail($0.subject, $0) }
                ) { entry in
                    try await attempt(entry.path) { try await body(entry) }
                }
            }
        }
    }
}
