public import Core

/// What a trial kept of its state after a step.
public struct Checkpoint: Hashable, Sendable {
    public let step: Int
    /// The file or directory, on this host.
    public let path: String

    /// The bytes of one that is a file.
    public func bytes() throws(HFSError) -> [UInt8] {
        guard let bytes = try TrialFolder.contents(of: path, bytesMax: Int.max) else {
            throw HFSError(.fileNotFound, "The checkpoint is gone", subject: path)
        }
        return bytes
    }
}
