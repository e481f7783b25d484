import Client
import Core

/// One experiment call of a program: driven by the program, answered from the journal where it was made before, or the closure run
/// for one trial where this process is a worker.
struct ExperimentCall: Sendable {
    typealias Body = @Sendable (Trial) async throws -> [String: any TrialOutput]

    private let experiment: Experiment
    private let request: TrialsRequest
    private let tell: @Sendable (DriverEvent) -> Void

    init(_ experiment: Experiment, _ request: TrialsRequest, tell: @escaping @Sendable (DriverEvent) -> Void) {
        self.experiment = experiment
        self.request = request
        self.tell = tell
    }

    func run(_ body: @escaping Body) async throws(HFSError) -> SearchResult {
        let ordinal = try ProgramCalls.shared.begin()
        defer { ProgramCalls.shared.end() }
        let fileSystem = try await ProgramCalls.shared.connection(experiment.uri)
        let space = try request.search.space.fingerprint
        guard let worker = try WorkerIdentity.current?.get() else {
            let run = try await ProgramCalls.shared.run(project: experiment.project, on: fileSystem)
            let call = ProgramCall(run: run.id, ordinal: ordinal, name: experiment.name, space: space)
            return try await drive(call, parent: try await run.parent(), on: fileSystem)
        }
        let call = ProgramCall(run: worker.run, ordinal: ordinal, name: experiment.name, space: space)
        guard ordinal < worker.ordinal else {
            await WorkerRun(call, request, on: fileSystem).run(body)
        }
        guard let paths = try await made(call, on: fileSystem),
            let result = try await ExperimentResults.read(paths, on: fileSystem)
        else {
            throw HFSError(
                .invalidArgument,
                "Call \(ordinal) of this program is experiment '\(experiment.name)', of which \(worker.run) has no result: "
                    + "what the program does before an experiment must be the same each time")
        }
        return result
    }

    /// Makes the experiment, goes on with it, or finds it done.
    private func drive(
        _ call: ProgramCall, parent: RunID?, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> SearchResult {
        let drive = ExperimentDrive(fileSystem, uri: experiment.uri, isDetached: request.isDetached)
        if let paths = try await made(call, on: fileSystem) {
            if let result = try await ExperimentResults.read(paths, on: fileSystem) { return result }
            try await Interruption.cancelling { () async throws(HFSError) in
                try await drive.resume(paths, tell: tell)
            }
            return try await result(paths, on: fileSystem)
        }
        let settings = try request.settings(experiment, call, user: fileSystem.user)
        let paths = try await Interruption.cancelling { () async throws(HFSError) in
            try await drive.new(settings, parent: parent, tell: tell)
        }
        return try await result(paths, on: fileSystem)
    }

    private func result(
        _ paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> SearchResult {
        guard let result = try await ExperimentResults.read(paths, on: fileSystem) else {
            throw HFSError(.corruptMetadata, "The experiment ended with open trials", subject: paths.root)
        }
        return result
    }

    /// The experiment of this call; nil where it was not made yet. Throws for one of another name or space.
    private func made(_ call: ProgramCall, on fileSystem: HFSFileSystem) async throws(HFSError) -> ExperimentPaths? {
        let folder = ExperimentPaths.experiments(of: experiment.project)
        let found = try await fileSystem.find(
            folder, where: .prefix(TrialAttribute.program, ProgramCall.prefix(RunID(call.run), call.ordinal)),
            attributes: [TrialAttribute.program])
        // One that was being made when its program died has no name, and none of its trials was begun.
        for entry in found.found where !(entry.path.dropFirst(folder.count + 1).hasPrefix(".")) {
            guard let text = entry.text(TrialAttribute.program) else { continue }
            try call.checkSame(as: ProgramCall(text))
            return ExperimentPaths(entry.path)
        }
        return nil
    }
}
