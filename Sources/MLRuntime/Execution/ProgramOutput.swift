/// What a running program has to tell.
public enum ProgramOutput: Hashable, Sendable {
    /// Bytes from its standard output and error; none when it was silent while the caller waited.
    case bytes([UInt8])
    /// It has ended and its output with it; nothing that it started in its process group is left.
    case ended(ProgramEnding)
}
