import Client
import Core

/// `output.log`: what a program writes to its standard output and error, opened with the first byte.
struct OutputLog: Sendable {
    private let path: String
    private let fileSystem: HFSFileSystem
    private var writer: FileWriter?
    private var hasUnflushed = false

    init(_ path: String, on fileSystem: HFSFileSystem) {
        self.path = path
        self.fileSystem = fileSystem
    }

    /// Waits while the datanodes are behind: a program that prints a lot is slowed down, and takes no memory here.
    mutating func write(_ bytes: [UInt8]) async throws(HFSError) {
        if writer == nil { writer = try await fileSystem.create(path) }
        try await writer?.write(bytes)
        hasUnflushed = true
    }

    mutating func flush() async throws(HFSError) {
        guard hasUnflushed else { return }
        hasUnflushed = false
        try await writer?.hflush()
    }

    /// Ends the file; what kept it from being ended.
    func closingFailure() async -> HFSError? {
        do throws(HFSError) {
            try await writer?.close()
            return nil
        } catch {
            return error
        }
    }
}
