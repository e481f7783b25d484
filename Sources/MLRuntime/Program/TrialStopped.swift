/// The trial is to end early: its last report counts. Left uncaught it ends the trial's closure, as a success.
public struct TrialStopped: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String { "the trial was stopped early" }
}
