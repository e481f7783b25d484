import Core

/// What an attempt's program finds in its environment.
struct TrialEnvironment: Sendable {
    let experiment: ExperimentPaths
    let trial: Int
    let attempt: Int
    var seed: UInt32
    let metric: String
    let parameters: TrialParameters
    let budget: Int?
    /// Names of components and features that the trial does without.
    var omitted: Set<String>
    let logs: String
    let checkpoints: String
    let outputs: String

    /// `.invalidArgument` names the variable that is missing or wrong.
    init(_ variables: [String: String]) throws(HFSError) {
        func text(_ name: String) throws(HFSError) -> String {
            guard let value = variables[name], !value.isEmpty else {
                throw HFSError(.invalidArgument, "\(name) is not set: workers are started by agents alone")
            }
            return value
        }
        func whole<Value: FixedWidthInteger>(_ name: String) throws(HFSError) -> Value {
            let value = try text(name)
            guard let number = Value(value) else { throw Self.refusal(name, value) }
            return number
        }
        experiment = ExperimentPaths(try text("HFS_EXPERIMENT"))
        trial = try whole("HFS_TRIAL")
        attempt = try whole("HFS_ATTEMPT")
        seed = try whole("HFS_SEED")
        metric = try text("HFS_METRIC")
        logs = try text("HFS_LOGDIR")
        checkpoints = try text("HFS_CHECKPOINT_DIR")
        outputs = try text("HFS_OUTPUTS")
        budget = variables["HFS_BUDGET"] == nil ? nil : try whole("HFS_BUDGET")
        parameters = TrialParameters(try Self.json([String: ParameterValue].self, "HFS_PARAMS", variables) ?? [:])
        omitted = Set(try Self.json([String].self, "HFS_OMITTED", variables) ?? [])
    }

    private static func json<Value: Decodable>(
        _ type: Value.Type, _ name: String, _ variables: [String: String]
    ) throws(HFSError) -> Value? {
        guard let text = variables[name], !text.isEmpty else { return nil }
        guard let value = try? CanonicalJSON.value(type, from: Array(text.utf8)) else { throw refusal(name, text) }
        return value
    }

    private static func refusal(_ name: String, _ value: String) -> HFSError {
        HFSError(.invalidArgument, "\(name)='\(value)' is not what an agent sets")
    }
}
