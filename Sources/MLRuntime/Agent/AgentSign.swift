import Client
import Core

/// An agent's sign of life: a file that it holds open, by whose lease others see that it lives, with what it has.
struct AgentSign: Sendable {
    private let writer: FileWriter
    private let fileSystem: HFSFileSystem

    static func show(
        _ agent: ProcessIdentity, in folder: String, _ capacity: AgentCapacity, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> AgentSign {
        let writer = try await fileSystem.create("\(folder)/\(agent)", CreateOptions(overwrites: true))
        let text = String(decoding: try CanonicalJSON.bytes(capacity), as: UTF8.self)
        try await fileSystem.setAttribute(TrialAttribute.capacity, text, of: writer.path)
        return AgentSign(writer: writer, fileSystem: fileSystem)
    }

    /// Takes it away, also when the agent's task was cancelled.
    func remove() async {
        await Task {
            try? await writer.close()
            _ = try? await fileSystem.delete(writer.path)
        }.value
    }
}
