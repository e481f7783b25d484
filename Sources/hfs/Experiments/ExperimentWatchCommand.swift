import ArgumentParser
import Core
import MLRuntime

/// `hfs experiment watch ID`
struct ExperimentWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Show an experiment's trials as they change, until it ends.",
        discussion: "On a terminal a table that changes; else one line a change, with --json one object.")

    @OptionGroup var options: ExperimentOptions
    @Argument(help: "The experiment, NAME-N or its path.") var id: String

    func run() async throws {
        let (options, id) = (options, id)
        try await Session.run("experiment watch", options.connection) { session in
            let paths = options.paths(id)
            // For the complaint that there is none.
            _ = try await session.experiment(paths)
            var watch = try await ExperimentWatch(paths, on: session.fileSystem)
            let view = WatchView(session.console, paths, watch.settings, isJSON: options.json)
            try view.begin(watch.trials)
            var isDriven = watch.isDriven
            while isDriven {
                for change in try await watch.next() {
                    switch change {
                    case .trial(let trial): try view.changed(trial, of: watch.trials)
                    case .ended: isDriven = false
                    }
                }
            }
            try view.end(try await session.experiment(paths))
        }
    }
}
