import Client
import Core
import Synchronization

/// Settings of experiments and jobs whose programs an agent may run with its account: those of its own user, which nobody else could have
/// written. Each is read once.
final class TrustedSettings: Sendable {
    /// Of `experiment.json` and `job.json`: its owner alone may change it, whatever a directory's default ACL grants.
    static let mode = FileMode(0o644)

    private let owner: String?
    private let known = Mutex<[InodeID: any Decodable & Sendable]>([:])

    /// - Parameter owner: nil: anybody's.
    init(owner: String?) { self.owner = owner }

    /// Whose the files beside trusted settings have to be.
    func owner(of settings: String, on fileSystem: HFSFileSystem) async throws(HFSError) -> String {
        if let owner { return owner }
        return try await fileSystem.status(of: settings).owner
    }

    /// With the inode of the experiment's directory. nil for what is not to be run: another's, one that others may write, or no
    /// experiment at all.
    func settings(
        _ paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> (ExperimentSettings, root: InodeID)? {
        try await read(ExperimentSettings.self, paths.settings, of: paths.root, on: fileSystem)
    }

    /// nil for what is not to be run, as above.
    func settings(_ paths: JobPaths, on fileSystem: HFSFileSystem) async throws(HFSError) -> JobSettings? {
        try await read(JobSettings.self, paths.settings, of: paths.root, on: fileSystem)?.0
    }

    private func read<Settings: Decodable & Sendable>(
        _ type: Settings.Type, _ path: String, of directory: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> (Settings, root: InodeID)? {
        do throws(HFSError) {
            let root = try await fileSystem.status(of: directory)
            let file = try await fileSystem.status(of: path)
            if let owner {
                guard root.owner == owner, file.owner == owner, file.mode.bits & 0o022 == 0 else { return nil }
            }
            if let settings = known.withLock({ $0[file.inode] }) {
                return (settings as? Settings).map { ($0, root.inode) }
            }
            // By its inode: at the path there may be another's by now.
            let bytes = try await fileSystem.contents(of: "/.reserved/.inodes/\(file.inode.rawValue)")
            let settings = try CanonicalJSON.value(Settings.self, from: bytes)
            known.withLock { $0[file.inode] = settings }
            return (settings, root.inode)
        } catch {
            switch error.code {
            case .fileNotFound, .accessDenied, .notADirectory, .corruptMetadata: return nil
            default: throw error
            }
        }
    }
}
