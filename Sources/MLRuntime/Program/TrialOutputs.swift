import Client
import Core
import Glibc

/// Keeps what a trial gives back.
struct TrialOutputs: Sendable {
    private let environment: TrialEnvironment
    private let fileSystem: HFSFileSystem

    init(_ environment: TrialEnvironment, on fileSystem: HFSFileSystem) {
        self.environment = environment
        self.fileSystem = fileSystem
    }

    /// Files and directories into the attempt, then the names and values where the agent takes them from.
    func keep(_ outputs: [String: any TrialOutput]) async throws(HFSError) {
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
