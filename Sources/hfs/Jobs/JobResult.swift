import Client
import Core
import MLRuntime

/// What a finished job left, for the program that submitted it.
struct JobResult {
    private let paths: JobPaths

    init(_ paths: JobPaths) { self.paths = paths }

    /// Copies one worker's outputs, logs and checkpoints to where a trial's program leaves its own.
    func fetch(rank: Int, _ session: Session) async throws {
        let from = "\(paths.result)/rank-\(rank)"
        for (variable, name) in [
            ("HFS_OUTPUTS", "outputs.json"), ("HFS_LOGDIR", "logs"), ("HFS_CHECKPOINT_DIR", "checkpoints"),
        ] {
            guard let target = Environment[variable] else { continue }
            try await JobStore.fetch("\(from)/\(name)", to: target, on: session.fileSystem)
        }
    }
}
