/// What an agent must know to run a trial.
struct QueuedTrial: Hashable, Sendable, Codable {
    var trial: Int
    var seed: UInt32
    var suggestion: Suggestion
}
