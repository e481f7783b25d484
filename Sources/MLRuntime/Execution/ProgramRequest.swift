/// A program to be started.
public struct ProgramRequest: Hashable, Sendable {
    /// The program, found as a shell finds it, and its arguments.
    public var arguments: [String]
    /// `NAME=value`, all of them.
    public var environment: [String]
    public var directory: String
}
