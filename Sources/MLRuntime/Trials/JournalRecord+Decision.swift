extension JournalRecord {
    /// Whether the driver decided it: nothing else tells of it.
    var isDecision: Bool {
        switch self {
        case .enqueued, .stopping, .fenced: true
        case .claimed, .ended: false
        }
    }
}
