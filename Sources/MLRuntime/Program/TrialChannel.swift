import Core

/// How a trial speaks to its agent.
protocol TrialChannel: Sendable {
    /// Says a line of the protocol that programs speak on their standard output. `.connectionLost` when nobody listens any more.
    func say(_ line: String) throws(HFSError)

    /// The trial is to end with its next report.
    var isStopped: Bool { get }
}
