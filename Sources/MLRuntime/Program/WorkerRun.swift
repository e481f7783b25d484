import Client
import Core
import Glibc

/// The part of a worker: runs the closure for its trial, keeps what it gives back, and exits.
struct WorkerRun: Sendable {
    private let call: ProgramCall
    private let fileSystem: HFSFileSystem

    init(_ call: ProgramCall, on fileSystem: HFSFileSystem) {
        self.call = call
        self.fileSystem = fileSystem
    }

    /// What goes wrong ends the process with exit code 1 and a line in the trial's `output.log`: nothing behind the call is a worker's.
    func run(_ body: ExperimentCall.Body) async -> Never {
        StopSignal.begin()
        do {
            let environment = try TrialEnvironment(Environment.all)
            try await check(environment)
            // From here on it does what no other process has done.
            unsetenv(WorkerIdentity.variable)
            let trial = Trial(environment, on: fileSystem)
            try await keep(try await body(trial), of: environment)
        } catch is TrialStopped {
            exit(0)
        } catch {
            Notice.say("\(error)")
            exit(1)
        }
        exit(0)
    }

    /// Throws unless the experiment is the one that this call of the program makes.
    private func check(_ environment: TrialEnvironment) async throws(HFSError) {
        let root = environment.experiment.root
        guard let text = try await fileSystem.textAttribute(TrialAttribute.program, of: root) else {
            throw HFSError(.invalidArgument, "The experiment belongs to no program", subject: root)
        }
        let made = try ProgramCall(text)
        guard made.run == call.run, made.ordinal == call.ordinal else {
            throw HFSError(
                .invalidArgument, "\(WorkerIdentity.variable) names another call than the experiment's", subject: root)
        }
        try call.checkSame(as: made)
    }

    /// Files and directories into the attempt, then the names and values where the agent takes them from.
    private func keep(_ outputs: [String: any TrialOutput], of environment: TrialEnvironment) async throws(HFSError) {
        var values: [String: ParameterValue] = [:]
        let folder = "\(environment.experiment.attempt(environment.trial, environment.attempt))/files"
        for (name, value) in outputs.sorted(by: { $0.key < $1.key }) {
            guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else {
                throw HFSError(.invalidArgument, "'\(name)' is no name of an output")
            }
            switch value.output {
            case .value(let value): values[name] = value
            case .file(let path):
                try await FileCopy.uploadFile(path, to: "\(folder)/\(name)", on: fileSystem)
                values[name] = .text("files/\(name)")
            case .directory(let path):
                try await FileCopy.upload(path, to: "\(folder)/\(name)", on: fileSystem)
                values[name] = .text("files/\(name)")
            }
        }
        let bytes = try CanonicalJSON.bytes(values)
        unlink(environment.outputs)
        try SmallFile.write(bytes, to: environment.outputs)
    }
}
