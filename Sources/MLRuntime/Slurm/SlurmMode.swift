/// How work comes to Slurm's nodes.
public enum SlurmMode: String, Hashable, Sendable, CaseIterable {
    /// Agents that take whatever waits, one after the other, and end when nothing does: best where the queue is long.
    case pilots
    /// An agent for each trial or job that waits, with what that asks for.
    case each
}
