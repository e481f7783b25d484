import Core
import Foundation
import Logging
import Synchronization
import Transport
import WireProtocol

@testable import DataNode

/// A directory that goes away with the test.
final class TemporaryDirectory: Sendable {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "hfs-datanode-" + UUID().uuidString
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func appending(_ name: String) -> String { path + "/" + name }

    /// What a kill leaves: the files as they are now.
    func copy() throws -> TemporaryDirectory {
        let other = TemporaryDirectory()
        try FileManager.default.removeItem(atPath: other.path)
        try FileManager.default.copyItem(atPath: path, toPath: other.path)
        return other
    }
}

/// Remembers what a datanode reports.
final class RecordingReporter: ReplicaReporter {
    enum Event: Hashable {
        case receiving(BlockID), received(BlockID, GenerationStamp, UInt64), deleted(BlockID), bad(BlockID)
    }

    private let list = Monitor<[Event]>([])
    var events: [Event] { list.withLock { $0 } }

    func wait(for event: Event, timeoutMs: Int64 = 60_000) -> Bool {
        list.wait(timeoutMs: timeoutMs) { $0.contains(event) ? true : nil } ?? false
    }

    func receiving(_ block: BlockID, _ stamp: GenerationStamp, storageID: String) {
        list.update { $0.append(.receiving(block)) }
    }
    func received(_ block: BlockID, _ stamp: GenerationStamp, length: UInt64, storageID: String) {
        list.update { $0.append(.received(block, stamp, length)) }
    }
    func deleted(_ block: BlockID, _ stamp: GenerationStamp, length: UInt64, storageID: String) {
        list.update { $0.append(.deleted(block)) }
    }
    func bad(_ block: BlockID, _ stamp: GenerationStamp, length: UInt64, storageID: String) {
        list.update { $0.append(.bad(block)) }
    }
}

/// The transfer side of a datanode in this process, with its own volumes and port.
final class TestNode: Sendable {
    static let quiet: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = ProcessInfo.processInfo.environment["HFS_TEST_LOG"] == nil ? .critical : .debug
        return logger
    }()

    let directory: TemporaryDirectory
    let store: BlockStore
    let reporter = RecordingReporter()
    let reads = ReadReports(dropped: MetricCounter()) {}
    let server: TransferServer
    let descriptor: DatanodeDescriptor
    let context: TransferContext

    init(
        directory: TemporaryDirectory = TemporaryDirectory(), volumes: Int = 1, limitBytes: UInt64? = nil,
        timeouts: TransferTimeouts = TransferTimeouts()
    ) throws {
        self.directory = directory
        store = try Self.openStore(directory, volumes: volumes, limitBytes: limitBytes)
        context = TransferContext(
            store: store, reporter: reporter, reads: reads, metrics: DataNodeMetrics(MetricsRegistry()),
            timeouts: timeouts, pool: ThreadPool(name: "test-pool", threadsMax: 64, idleMs: 100),
            inlineBlocks: InlineBlocks(waitMs: 0), logger: Self.quiet)
        server = try Self.bind(context)
        descriptor = DatanodeDescriptor(
            uuid: store.datanodeUUID, address: "127.0.0.1", hostName: "localhost", transferPort: server.port,
            httpPort: 0,
            rpcPort: 0)
        try server.start(descriptor)
    }

    deinit {
        server.stop(drainMs: 0)
        context.pool.stop()
    }

    static func openStore(_ directory: TemporaryDirectory, volumes: Int = 1, limitBytes: UInt64? = nil) throws
        -> BlockStore
    {
        try BlockStore(
            volumes: (0..<volumes).map {
                VolumeConfiguration(path: directory.appending("v\($0)"), limitBytes: limitBytes)
            },
            reservedBytes: 0, syncsOnClose: false, clock: SystemClock(), logger: quiet)
    }

    /// A port below 32,768, where no ephemeral port can take it away.
    private static func bind(_ context: TransferContext) throws -> TransferServer {
        var last = HFSError(.io, "no port")
        for _ in 0..<50 {
            do throws(HFSError) {
                return try TransferServer(
                    host: "127.0.0.1", port: UInt16.random(in: 10_000...31_999), transfersMax: 64, context: context)
            } catch { last = error }
        }
        throw last
    }
}
