public import Core

/// Who has a trial: the word that driver and agents exchange by compare-and-set.
///
///     QUEUED 1                          the driver offers the first attempt
///     RUNNING 1 host,811,3311 run-17    an agent has taken it
///     FAILED 1 host,811,3311 {...}      it came to nothing; the driver decides
///     ENDED 1 host,811,3311 {...}       the trial is done
public enum TrialClaim: Hashable, Sendable {
    case queued(attempt: Int)
    case running(attempt: Int, agent: String, run: RunID)
    case failed(attempt: Int, agent: String, result: TrialResult)
    case ended(attempt: Int, agent: String, result: TrialResult)

    /// It waits for an agent.
    var isQueued: Bool { if case .queued = self { true } else { false } }

    /// The beginning of what waits for an agent.
    static let queuedPrefix = "QUEUED "

    public func text() throws(HFSError) -> String {
        switch self {
        case .queued(let attempt): "\(Self.queuedPrefix)\(attempt)"
        case .running(let attempt, let agent, let run): "RUNNING \(attempt) \(agent) \(run)"
        case .failed(let attempt, let agent, let result): "FAILED \(attempt) \(agent) \(try Self.json(result))"
        case .ended(let attempt, let agent, let result): "ENDED \(attempt) \(agent) \(try Self.json(result))"
        }
    }

    /// Reads what `text()` writes; `.corruptMetadata` for anything else.
    public init(_ text: String) throws(HFSError) {
        let parts = text.split(separator: " ", maxSplits: 3).map(String.init)
        guard parts.count >= 2, let attempt = Int(parts[1]) else { throw Self.refusal(text) }
        switch (parts[0], parts.count) {
        case ("QUEUED", 2): self = .queued(attempt: attempt)
        case ("RUNNING", 4):
            guard let run = RunID(parts[3]) else { throw Self.refusal(text) }
            self = .running(attempt: attempt, agent: parts[2], run: run)
        case ("FAILED", 4):
            let result = try CanonicalJSON.value(TrialResult.self, from: Array(parts[3].utf8))
            self = .failed(attempt: attempt, agent: parts[2], result: result)
        case ("ENDED", 4):
            let result = try CanonicalJSON.value(TrialResult.self, from: Array(parts[3].utf8))
            self = .ended(attempt: attempt, agent: parts[2], result: result)
        default: throw Self.refusal(text)
        }
    }

    private static func json(_ result: TrialResult) throws(HFSError) -> String {
        String(decoding: try CanonicalJSON.bytes(result), as: UTF8.self)
    }

    private static func refusal(_ text: String) -> HFSError {
        HFSError(.corruptMetadata, "'\(text)' is no claim of a trial")
    }
}
