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
}
