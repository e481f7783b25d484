import Core

/// The environment by which a trial's program, in whatever language, takes part.
enum TrialVariables {
    static func values(
        _ order: QueuedTrial, attempt: Int, _ settings: ExperimentSettings, _ paths: ExperimentPaths,
        _ folder: TrialFolder
    ) throws(HFSError) -> [String: String] {
        var values = [
            "HFS_SEED": "\(order.seed)",
            "HFS_METRIC": settings.metric,
            "HFS_PARAMS": String(decoding: try CanonicalJSON.bytes(order.suggestion.parameters), as: UTF8.self),
            "HFS_LOGDIR": folder.logs,
            "HFS_CHECKPOINT_DIR": folder.checkpoints,
            "HFS_OUTPUTS": folder.outputs,
        ]
        if let components = order.suggestion.components {
            values["HFS_INCLUDED"] = String(decoding: try CanonicalJSON.bytes(components.included), as: UTF8.self)
            values["HFS_OMITTED"] = String(decoding: try CanonicalJSON.bytes(components.omitted), as: UTF8.self)
        }
        if let budget = order.suggestion.budget { values["HFS_BUDGET"] = "\(budget)" }
        if let program = settings.program {
            let worker = WorkerIdentity(run: RunID(program.run), ordinal: program.ordinal, trial: order.trial)
            values[WorkerIdentity.variable] = "\(worker)"
        }
        return values.merging(identity(paths, order.trial, attempt)) { $1 }
    }

    /// What a program of this attempt alone was started with.
    static func identity(_ paths: ExperimentPaths, _ trial: Int, _ attempt: Int) -> [String: String] {
        ["HFS_EXPERIMENT": paths.root, "HFS_TRIAL": "\(trial)", "HFS_ATTEMPT": "\(attempt)"]
    }
}
