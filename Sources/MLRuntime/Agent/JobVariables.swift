import Client
import Core

/// The environment by which a job's program takes part, and by which its workers find one another.
enum JobVariables {
    /// - Parameters:
    ///   - rank: among all workers.
    ///   - index: among those of this agent.
    static func values(
        _ part: JobPart, rank: Int, index: Int, _ folder: TrialFolder
    ) throws(HFSError) -> [String: String] {
        let claim = part.claim
        let workers = claim.members.flatMap { member in member.ports.map { (address: member.address, port: $0) } }
        guard workers.indices.contains(rank), let chief = workers.first else {
            throw HFSError(.corruptMetadata, "The claim names no worker \(rank)", subject: part.paths.root)
        }
        let group = claim.members.firstIndex { $0.run == part.started.run.id.rawValue } ?? 0
        let values = [
            "HFS_PROJECT": part.settings.project,
            "HFS_LOGDIR": folder.logs, "HFS_CHECKPOINT_DIR": folder.checkpoints, "HFS_OUTPUTS": folder.outputs,
            "LOCAL_RANK": "\(index)", "WORLD_SIZE": "\(workers.count)", "LOCAL_WORLD_SIZE": "\(part.grants.count)",
            "GROUP_RANK": "\(group)", "GROUP_WORLD_SIZE": "\(claim.members.count)",
            "MASTER_ADDR": chief.address, "MASTER_PORT": "\(chief.port)",
            "TORCHELASTIC_RESTART_COUNT": "\(claim.attempt - 1)",
            "TF_CONFIG": try tensorFlow(workers.map { "\($0.address):\($0.port)" }, rank),
        ]
        return values.merging(identity(part.paths, claim.attempt, rank)) { $1 }
            .merging(part.grants[index].environment) { $1 }
    }

    /// What a program of this worker alone was started with.
    static func identity(_ paths: JobPaths, _ attempt: Int, _ rank: Int) -> [String: String] {
        ["HFS_JOB": paths.root, "HFS_ATTEMPT": "\(attempt)", "RANK": "\(rank)"]
    }

    private struct TensorFlow: Encodable {
        struct Task: Encodable {
            let type: String
            let index: Int
        }

        let cluster: [String: [String]]
        let task: Task
    }

    private static func tensorFlow(_ workers: [String], _ rank: Int) throws(HFSError) -> String {
        let config = TensorFlow(cluster: ["worker": workers], task: TensorFlow.Task(type: "worker", index: rank))
        return String(decoding: try CanonicalJSON.bytes(config), as: UTF8.self)
    }
}
