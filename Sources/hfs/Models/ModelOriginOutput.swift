import Core
import Lineage
import MLRuntime

/// What made a version of a model, as the commands print it.
struct ModelOriginOutput: Encodable {
    struct Source: Encodable {
        /// nil: the user may not know.
        let path: String?
        let kind: String?
        let version: UInt32
        let state: String

        init(_ source: ModelOrigin.Source) {
            path = source.path
            kind = source.kind?.rawValue
            version = source.id.version
            state = source.state.rawValue
        }

        var text: String {
            let name = path ?? "(not visible)"
            return state == LinkState.live.rawValue ? name : "\(name) (\(state))"
        }
    }

    struct Run: Encodable {
        let id: String
        let name: String
        let kind: String
        let user: String
        let command: String

        init(_ run: LineageRun) {
            id = "\(run.id)"
            name = run.name
            kind = run.kind
            user = run.user
            command = run.command
        }
    }

    let experiment: String?
    let trial: String?
    let trainingDatasets: [Source]
    let featureGroups: [Source]
    let environments: [Source]
    let others: [Source]
    /// The one that made the version first.
    let runs: [Run]
    let isComplete: Bool

    init(_ origin: ModelOrigin) {
        experiment = origin.experiment
        trial = origin.trial
        trainingDatasets = origin.trainingDatasets.map { Source($0) }
        featureGroups = origin.featureGroups.map { Source($0) }
        environments = origin.environments.map { Source($0) }
        others = origin.others.map { Source($0) }
        runs = origin.runs.map { Run($0) }
        isComplete = origin.isComplete
    }

    private static let othersShownMax = 10

    var rows: [[String]] {
        var rows: [[String]] = []
        if let run = runs.first {
            rows.append(["made by", "\(run.id) \(run.command.isEmpty ? run.name : run.command)"])
        }
        if let experiment { rows.append(["experiment", experiment]) }
        if let trial { rows.append(["trial", trial]) }
        for (what, sources) in [
            ("training data", trainingDatasets), ("features", featureGroups), ("environment", environments),
            ("made from", Array(others.prefix(Self.othersShownMax))),
        ] {
            for source in sources { rows.append([what, source.text]) }
        }
        if others.count > Self.othersShownMax || !isComplete {
            rows.append(["", "and more: hfs provenance upstream"])
        }
        return rows.isEmpty ? [["made by", "unknown: no run is known behind it"]] : rows
    }
}
