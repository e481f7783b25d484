/// What comes of asking for a trial.
enum AskAnswer: Hashable, Sendable, Codable {
    case trial(QueuedTrial)
    /// Why there is none.
    case refused(reason: String)
}
