/// A file that travels with a job.
public struct ProgramFile: Hashable, Sendable, Codable {
    /// From the directory in which the program starts.
    public var path: String
    public var isExecutable: Bool
    /// CRC32C of the bytes; nil until the job is made.
    public var checksum: UInt32?
}
