import Client
import Core

/// Whether a driver or an agent lives: on this host by its process, elsewhere by the lease of a file that it holds open, which
/// nobody renews for the dead.
enum Liveness {
    static func isAlive(
        _ process: ProcessIdentity, holding path: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> Bool {
        if let isAlive = process.isAlive { return isAlive }
        do throws(HFSError) {
            // The namenode refuses while the lease holds, and begins to recover it once it does not.
            let writer = try await fileSystem.append(path)
            try await writer.close()
            return false
        } catch {
            switch error.code {
            case .alreadyBeingCreated: return true
            case .recoveryInProgress, .fileNotFound: return false
            default: throw error
            }
        }
    }
}
