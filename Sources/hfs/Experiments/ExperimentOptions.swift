import ArgumentParser
import Client
import Core
import MLRuntime

/// The project, and an experiment by its id or its path.
struct ExperimentOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @Option(help: ArgumentHelp("The project; else $HFS_PROJECT, else default.", valueName: "name"))
    var project: String?
    @Flag(help: "Data instead of text.") var json = false

    var resolvedProject: String { project ?? Environment["HFS_PROJECT"] ?? "default" }

    /// `digits-3`, or the path of an experiment.
    func paths(_ id: String) -> ExperimentPaths {
        ExperimentPaths(id.hasPrefix("/") ? id : "\(ExperimentPaths.experiments(of: resolvedProject))/\(id)")
    }

    /// The experiment and the trial of `digits-3/17` or of a path and a number behind it; nil for what names no trial.
    func trial(_ id: String) -> (paths: ExperimentPaths, trial: Int)? {
        guard let slash = id.lastIndex(of: "/"), slash > id.startIndex, let trial = Int(id[id.index(after: slash)...])
        else { return nil }
        return (paths(String(id[..<slash])), trial)
    }

    /// What `id` stands for where trials are compared.
    func choice(_ id: String, all: Bool) -> TrialComparison.Choice {
        if let (paths, trial) = trial(id) { return .trial(paths, trial) }
        return all ? .all(paths(id)) : .best(paths(id))
    }
}
