import Client
import Core

/// Whether a driver or an agent lives: on this host by its process, elsewhere by the lease of a file that it holds open, which
/// nobody renews for the dead.
enum Liveness {
    /// What can be seen without touching the file: of a process elsewhere, whether it is still open.
    static func seemsAlive(
        _ process: ProcessIdentity, holding path: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> Bool {
        if let isAlive = process.isAlive { return isAlive }
        return try await isOpen(path, on: fileSystem)
    }

    /// Whether somebody holds the file open for writing, by what the namenode has.
    static func isOpen(_ path: String, on fileSystem: HFSFileSystem) async throws(HFSError) -> Bool {
        do throws(HFSError) {
            let reader = try await fileSystem.open(path)
            let isOpen = reader.isUnderConstruction
            await reader.close()
            return isOpen
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return false
        }
    }

    /// For who takes over from the process: of one elsewhere whose lease has run out, the file is taken.
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
