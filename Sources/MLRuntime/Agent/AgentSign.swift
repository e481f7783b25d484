import Client
import Core

/// An agent's sign of life: a file that it holds open, by whose lease others see that it lives, with what it has.
actor AgentSign {
    /// What was seen counts for as long as this: far less than the time after which others may take a lease.
    private static let seenForMs: Int64 = 10_000

    private let path: String
    /// Where the agent works: once it is gone, nothing is shown there.
    private let scope: String
    private let capacity: AgentCapacity
    private let fileSystem: HFSFileSystem
    private var writer: FileWriter?
    /// Monotonic time when it was last seen to be shown; nil: it was not.
    private var seenMs: Int64?

    init(_ agent: ProcessIdentity, in scope: AgentScope, _ capacity: AgentCapacity, on fileSystem: HFSFileSystem) {
        path = "\(scope.signs)/\(agent)"
        self.scope = scope.watched
        self.capacity = capacity
        self.fileSystem = fileSystem
    }

    /// Shows it, in place of one that others have closed.
    func show(_ nowMs: Int64) async throws(HFSError) {
        seenMs = nil
        if let writer { await writer.abort() }
        let writer = try await fileSystem.create(path, CreateOptions(overwrites: true))
        self.writer = writer
        let text = String(decoding: try CanonicalJSON.bytes(capacity), as: UTF8.self)
        try await fileSystem.setAttribute(TrialAttribute.capacity, text, of: path)
        seenMs = nowMs
    }

    /// Whether others can see that the agent lives. After a time without the namenode they may have taken the sign: then it is
    /// shown again. Until it is, nothing is to be claimed: it would be taken back.
    func isShown(_ nowMs: Int64) async throws(HFSError) -> Bool {
        if let seenMs, nowMs - seenMs < Self.seenForMs { return true }
        seenMs = nil
        if try await Liveness.isOpen(path, on: fileSystem) {
            seenMs = nowMs
            return true
        }
        guard try await fileSystem.exists(scope) else { return false }
        do throws(HFSError) {
            try await show(nowMs)
            return true
        } catch {
            // Another agent is still closing it.
            guard error.code == .alreadyBeingCreated || error.code == .recoveryInProgress else { throw error }
            return false
        }
    }

    /// Takes it away, also when the agent's task was cancelled.
    func remove() async {
        await Task {
            try? await writer?.close()
            _ = try? await fileSystem.delete(path)
        }.value
    }
}
