public import Core
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Transport
import WireProtocol

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

    /// The namenodes as token files name them: `host:port` as given, and with `localhost` also its number, and back.
    public var tokenServices: [String] { ProcessToken.services(addresses) }

    let addresses: [NamenodeAddress]
    let namenode: NamenodeClient
    let pool: ThreadPool
    let pipelineThreads: PipelineThreads
    let source: ReplicaSource
    let leases: LeaseKeeper
    let logger: Logger
    let group: any EventLoopGroup
    /// The holder of this client's leases.
    let clientName: String
    let defaults = Mutex<ServerDefaults?>(nil)

    private init(addresses: [NamenodeAddress], user: String, configuration: ClientConfiguration) {
        self.user = user
        self.addresses = addresses
        self.configuration = configuration
        let clock = SystemClock()
        var logger = Logger(label: "hfs.client")
        logger.logLevel = .warning
        self.logger = logger
        group = MultiThreadedEventLoopGroup.singleton
        clientName = "hfs_client_\(UInt64.random(in: 0...UInt64.max))"
        namenode = NamenodeClient(
            addresses: addresses, user: user, configuration: configuration, clock: clock, group: group, logger: logger)
        pool = ThreadPool(
            name: "hfs-transfer", threadsMax: configuration.transferThreadsMax,
            queueMax: 4 * configuration.transferThreadsMax)
        pipelineThreads = PipelineThreads(threadsMax: configuration.transferThreadsMax)
        source = ReplicaSource(
            dialer: DatanodeDialer(configuration),
            cache: DatanodeConnectionCache(clock: clock, idleMs: configuration.idleConnectionMs), clock: clock,
            clientName: clientName, verifiesChecksums: configuration.verifiesChecksums)
        leases = LeaseKeeper(
            namenode: namenode, clientName: clientName, intervalMs: configuration.leaseRenewalIntervalMs,
            stallMs: configuration.writerStallMs, clock: clock, eventLoop: group.next(), logger: logger)
    }

    deinit {
        leases.close()
        source.cache.close()
        pool.stop()
        pipelineThreads.pool.stop()
    }

    /// Connects to the namenode of `uri`: `hdfs://host:port`, port 8020 unless given; several `host:port` with commas
    /// between them are tried in turn when one fails.
    ///
    /// The user is `user`, else the owner of the process's delegation token (`ProcessToken`), else `HFS_USER`, else
    /// `HADOOP_USER_NAME`, else the process's. Errors: `.invalidArgument` for a malformed address, `.connectionFailed` when no
    /// namenode answers (each is asked once), `.invalidToken` for a token that holds no longer.
    public static func connect(
        _ uri: String, user: String? = nil, configuration: ClientConfiguration = ClientConfiguration()
    ) async throws(HFSError) -> HFSFileSystem {
        let addresses = try NamenodeAddress.parse(uri)
        var configuration = configuration
        if configuration.token == nil, user == nil { configuration.token = try ProcessToken.find(for: uri) }
        let fileSystem = HFSFileSystem(
            addresses: addresses, user: configuration.token?.owner ?? user ?? ProcessUser.name,
            configuration: configuration)
        do throws(HFSError) {
            _ = try await fileSystem.fetchDefaults(failoversMax: addresses.count - 1)
        } catch {
            await fileSystem.close()
            throw error
        }
        return fileSystem
    }

    /// `/user/<user>`: where relative paths of shells start. It need not exist.
    public var homeDirectory: String { "/user/\(user)" }

    /// Ends lease renewal and closes all connections. Writers still open are not closed: their leases expire. What was read in
    /// the name of a run is in the namenode's log then, if it can be reached.
    public func close() async {
        await namenode.settleReads()
        leases.close()
        source.cache.close()
        pool.stop()
        pipelineThreads.pool.stop()
        await namenode.close()
    }

    /// Asks the namenode for its defaults and keeps them.
    func fetchDefaults(failoversMax: Int? = nil) async throws(HFSError) -> ServerDefaults {
        let answer: Hadoop_Hdfs_GetServerDefaultsResponseProto = try await namenode.call(
            "getServerDefaults", Hadoop_Hdfs_GetServerDefaultsRequestProto(), failoversMax: failoversMax)
        let proto = answer.serverDefaults
        let fetched = ServerDefaults(
            blockSize: proto.blockSize, bytesPerChecksum: Int(proto.bytesPerChecksum),
            replication: Int(proto.replication), encryptsTransfers: proto.encryptDataTransfer,
            trashIntervalMinutes: proto.trashInterval,
            inlineBytesMax: min(Int(proto.inlineBytesMax), Limits.inlineBytesMax))
        defaults.withLock { $0 = fetched }
        return fetched
    }

    /// Throws `.unsupported` where the cluster's datanodes would not understand this client.
    func checkPlainTransfers() async throws(HFSError) {
        if try await serverDefaults().encryptsTransfers {
            throw HFSError(.unsupported, "This cluster encrypts transfers, which the client does not speak")
        }
    }
}
