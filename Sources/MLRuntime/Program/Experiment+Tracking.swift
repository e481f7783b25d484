import Client
public import Core

extension Experiment {
    /// Begins to track what this process does, as an experiment of one trial. `.unsupported` in a worker: a program whose closures are
    /// run by workers has no begin of its own.
    public func begin(
        _ params: TrialParameters = TrialParameters(), budget: Int? = nil, direction: Objective
    ) async throws(HFSError) -> TrackedRun {
        guard !Self.isWorker else {
            throw HFSError(.unsupported, "A program tracks itself or has closures for workers, not both")
        }
        let fileSystem = try await ProgramCalls.shared.connection(uri)
        let request = try single(params, budget: budget, direction, retries: 0, seed: nil)
        let settings = try request.settings(self, user: fileSystem.user)
        let executor = InProcessExecutor()
        let drive = ExperimentDrive(fileSystem, uri: uri, executor: executor)
        let experiment = Task { () -> Result<SearchResult, HFSError> in
            defer { executor.end() }
            do throws(HFSError) {
                let paths = try await drive.new(settings)
                guard let result = try await ExperimentResults.read(paths, on: fileSystem) else {
                    throw HFSError(.corruptMetadata, "The experiment ended with open trials", subject: paths.root)
                }
                return .success(result)
            } catch {
                return .failure(error)
            }
        }
        guard let variables = await executor.variables() else {
            _ = try await experiment.value.get()
            throw HFSError(.cancelled, "The run was never begun")
        }
        do throws(HFSError) {
            var configuration = fileSystem.configuration
            configuration.callerContext = variables["HFS_CALLER_CONTEXT"] ?? ""
            let connection = try await HFSFileSystem.connect(
                uri, user: configuration.token == nil ? fileSystem.user : nil, configuration: configuration)
            let trial = Trial(try TrialEnvironment(variables), channel: executor.program, on: connection)
            return TrackedRun(trial, experiment, executor.program)
        } catch {
            executor.program.end(.exited(1))
            _ = await experiment.value
            throw error
        }
    }
}
