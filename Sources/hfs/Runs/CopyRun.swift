import Client
import Core
import MLRuntime

/// The run that a copy is when it happens outside of any other: what was read and written belongs together.
///
/// The copy's calls name it in their caller context, over a connection of their own.
final class CopyRun: Sendable {
    let fileSystem: HFSFileSystem
    private let id: RunID
    private let starter: HFSFileSystem

    private init(_ id: RunID, _ fileSystem: HFSFileSystem, _ starter: HFSFileSystem) {
        self.id = id
        self.fileSystem = fileSystem
        self.starter = starter
    }

    /// nil within a run, and where the namenode keeps none: another HDFS, or one in safemode.
    static func start(_ command: String, _ starter: HFSFileSystem, _ uri: String) async throws(HFSError) -> CopyRun? {
        guard starter.configuration.token == nil else { return nil }
        var request = HFSFileSystem.RunRequest(name: command)
        request.kind = "copy"
        request.command = RunText.command(CommandLine.arguments)
        request.host = HostName.current
        let id: RunID
        do throws(HFSError) {
            id = try await starter.startRun(request).run.id
        } catch {
            switch error.code {
            case .noSuchProtocol, .noSuchMethod, .safeMode: return nil
            default: throw error
            }
        }
        var configuration = starter.configuration
        configuration.callerContext = RunText.callerContext(id)
        return CopyRun(
            id, try await HFSFileSystem.connect(uri, user: starter.user, configuration: configuration), starter)
    }

    /// Ends the run, also when the command was cancelled. What fails here changes nothing of the copy.
    func end(_ state: RunState) async {
        // A task of its own is not cancelled with this one. When the end cannot be told, the copy is done all the same; the
        // run counts as running until its token expires.
        await Task { _ = try? await starter.endRun(id, state) }.value
        await fileSystem.close()
    }
}
