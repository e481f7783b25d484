/// A file that travels with a job.
public struct ProgramFile: Hashable, Sendable, Codable {
    /// From the directory in which the program starts.
    public var path: String
    public var isExecutable: Bool
}
