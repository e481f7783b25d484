import ArgumentParser
import Client
import Core
import MLRuntime

/// The project, and a job by its id or its path.
struct JobOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @Option(help: ArgumentHelp("The project; else $HFS_PROJECT, else default.", valueName: "name"))
    var project: String?

    var resolvedProject: String { project ?? Environment["HFS_PROJECT"] ?? "default" }

    /// `train-3`, or the path of a job.
    func paths(_ id: String) -> JobPaths {
        JobPaths(id.hasPrefix("/") ? id : "\(JobPaths.jobs(of: resolvedProject))/\(id)")
    }

    /// A job as it stands now.
    func status(_ id: String, on fileSystem: HFSFileSystem) async throws -> JobStatus {
        do throws(HFSError) {
            return try await JobStore.status(paths(id), on: fileSystem)
        } catch {
            guard error.code == .fileNotFound else { throw error }
            throw Complaint(id, "No such job in project \(resolvedProject)")
        }
    }
}
