public import Core

/// A connection to an HDFS-compatible filesystem.
///
///     import Client
///     import Core
///
///     let fs = try await HFSFileSystem.connect("hdfs://127.0.0.1:8020")
///     try await fs.makeDirectory("/user/me/logs")
///
///     let writer = try await fs.create("/user/me/logs/today.txt", CreateOptions(overwrites: true))
///     try await writer.write(Array("first line\n".utf8))
///     try await writer.hflush()                    // readers see the line from here on
///     try await writer.close()                     // durable; an unclosed file is closed by its lease's expiry
///
///     let reader = try await fs.open("/user/me/logs/today.txt")
///     let line = try await reader.read(at: 0, count: 10)
///     for try await chunk in reader.chunks() { print(chunk.count) }
///     await reader.close()
///
///     for try await entry in fs.list("/user/me/logs") { print(entry.length) }
///     await fs.close()
///
/// One value serves any number of tasks; calls in flight share a connection. Every call can be cancelled through its task
/// and ends after `ClientConfiguration.operationDeadlineMs` at the latest, with `.timedOut`. A mutation whose connection
/// broke is sent again under the same call id, so that the namenode's retry cache answers it once.
///
/// Errors are `HFSError`; where a server sent an exception the code stands for its class and the message is the server's.
public final class HFSFileSystem: Sendable {
    /// The user in whose name calls are made.
    public let user: String
    /// The settings that it was connected with.
    public let configuration: ClientConfiguration

    init(user: String, configuration: ClientConfiguration) {
        self.user = user
        self.configuration = configuration
    }

    /// Connects to the namenode of `uri`: `hdfs://host:port`, port 8020 unless given; several `host:port` with commas
    /// between them are tried in turn when one fails.
    ///
    /// The user is `user`, else `HFS_USER`, else `HADOOP_USER_NAME`, else the process's. Errors: `.invalidArgument` for a
    /// malformed address, `.connectionFailed` when no namenode answers.
    public static func connect(
        _ uri: String, user: String? = nil, configuration: ClientConfiguration = ClientConfiguration()
    ) async throws(HFSError) -> HFSFileSystem {
        throw HFSError(.unsupported, "connect")
    }

    /// `/user/<user>`: where relative paths of shells start. It need not exist.
    public var homeDirectory: String { "/user/\(user)" }

    /// Ends lease renewal and closes all connections. Writers still open are not closed: their leases expire.
    public func close() async {}
}
