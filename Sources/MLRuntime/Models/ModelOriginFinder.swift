public import Client
public import Core
public import Lineage

/// Finds what made a version of a model by asking the provenance service.
public struct ModelOriginFinder: Sendable {
    /// Asks the service one question, which it answers as of now: it takes the rest of the event feed first.
    public typealias Asking = @Sendable (LineageQuery) async throws(HFSError) -> LineageAnswer

    /// How many runs a trial may be above the one that exported its model.
    private static let nestingMax = 16
    /// In an experiment's directory: what its trials ran in.
    private static let environmentFile = "environment.json"

    private let fileSystem: HFSFileSystem
    private let ask: Asking

    public init(on fileSystem: HFSFileSystem, ask: @escaping Asking) {
        self.fileSystem = fileSystem
        self.ask = ask
    }

    /// Errors: what `ask` throws; `.fileNotFound` for a path of which nothing is known.
    public func origin(of path: String) async throws(HFSError) -> ModelOrigin {
        let answer = try await ask(.upstream(path: path, depth: nil))
        var origin = ModelOrigin()
        origin.isComplete = answer.isComplete
        var trials: [ModelOrigin.Source] = []
        for node in answer.nodes where node.depth > 0 {
            let source = ModelOrigin.Source(
                path: node.path, kind: node.kind, id: node.id, state: node.state, depth: node.depth)
            switch node.kind {
            case .trainingDataset: origin.trainingDatasets.append(source)
            case .featureGroup: origin.featureGroups.append(source)
            case .environment: origin.environments.append(source)
            case .trial: trials.append(source)
            default: origin.others.append(source)
            }
        }
        let makers = answer.nodes.filter { $0.depth == 0 }.compactMap(\.maker.run)
        let isMaker = { (run: LineageRun) in makers.contains(run.id) }
        origin.runs = answer.runs.filter(isMaker) + answer.runs.filter { !isMaker($0) }
        // Copied out of a trial, it is downstream of that; exported by a trial's program, it was made in the trial's run.
        if let nearest = trials.first?.path { origin.trial = nearest }
        for run in makers where origin.trial == nil { origin.trial = try await trial(around: run) }
        origin.others.append(contentsOf: trials.filter { $0.path != origin.trial })
        origin.experiment = origin.trial.flatMap { ExperimentPaths.trial(at: $0)?.experiment.root }
        if let experiment = origin.experiment, origin.environments.isEmpty {
            origin.environments = try await environments(of: experiment)
        }
        return origin
    }

    /// The trial that a run, or one that it is nested in, made.
    private func trial(around run: RunID) async throws(HFSError) -> String? {
        var next: RunID? = run
        for _ in 0..<Self.nestingMax {
            guard let id = next else { return nil }
            let made: LineageAnswer
            do throws(HFSError) {
                made = try await ask(.outputs(id))
            } catch {
                // Nothing is known of a run that began before the feed did.
                guard error.code == .fileNotFound else { throw error }
                return nil
            }
            // An attempt's run makes its trial and nothing else in the experiment; an experiment's run makes all of them.
            let trials = Set(made.nodes.filter { $0.kind == .trial }.compactMap(\.path))
            if trials.count == 1 { return trials.first }
            next = made.runs.first { $0.id == id }?.parent
        }
        return nil
    }

    /// What the experiment itself keeps of the environment of its trials: an artifact of that kind, or the record of it.
    private func environments(of experiment: String) async throws(HFSError) -> [ModelOrigin.Source] {
        let kind = ArtifactKind.environment
        func source(_ path: String, _ inode: InodeID) -> ModelOrigin.Source {
            ModelOrigin.Source(path: path, kind: kind, id: ArtifactVersion(inode, 0), state: .live, depth: 0)
        }
        do throws(HFSError) {
            let isEnvironment = AttributeCondition.compare("kind", .equal, .text(kind.rawValue))
            let found = try await fileSystem.find(experiment, where: isEnvironment, limit: 16).found
            if !found.isEmpty { return found.map { source($0.path, $0.inode) } }
            let record = "\(experiment)/\(Self.environmentFile)"
            return [source(record, try await fileSystem.status(of: record).inode)]
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return []
        }
    }
}
