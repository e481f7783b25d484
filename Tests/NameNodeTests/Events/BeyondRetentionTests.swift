import Core
import MetaStore
import NIOCore
import SwiftProtobuf
import Synchronization
import Testing
import Transport
import WireProtocol

@testable import NameNode

/// Readers and cursors that come too late, by the calls of the protocol.
@Suite struct BeyondRetentionTests {
    private final class Answer: RPCReplySink {
        private let waiting: Mutex<CheckedContinuation<Result<[UInt8], HFSError>, Never>?>

        init(_ continuation: CheckedContinuation<Result<[UInt8], HFSError>, Never>) { waiting = Mutex(continuation) }

        func succeed(_ call: RPCCall, _ fill: (inout ByteBuffer) -> Void) {
            var buffer = ByteBuffer()
            fill(&buffer)
            waiting.withLock { $0.take() }?.resume(returning: .success(Array(buffer.readableBytesView)))
        }

        func fail(_ call: RPCCall, _ error: HFSError) {
            waiting.withLock { $0.take() }?.resume(returning: .failure(error))
        }
    }

    private let clock = ManualClock()

    /// A namenode whose log keeps some 100 KiB.
    private func withNamenode(
        _ body: (NameNode, ShardEngine, FileSystemProtocolHandler) async throws -> Void
    ) async throws {
        let folder = try TemporaryDirectory()
        var shards = ShardEngineConfiguration(directory: folder.path)
        shards.format = .init(clusterID: "CID-test", poolID: "BP-test")
        shards.shardCount = 1
        shards.segmentBytes = 16 << 10
        shards.checkpointPages = 1
        shards.editsRetentionBytes = 6 * (16 << 10)
        shards.awaitsCursors = true
        let engine = try ShardEngine.open(shards, clock: clock)
        var configuration = NameNodeConfiguration(directory: "unused")
        configuration.superuser = "root"
        configuration.groups = ["root": ["supergroup"]]
        let namenode = try await NameNode(
            OpenedEngine(engine: engine, clusterID: "CID-test", poolID: "BP-test"), configuration: configuration,
            clock: clock, logger: TestNamespace.quiet)
        let handler = FileSystemProtocolHandler(
            writer: namenode.writer, board: namenode.attempts, groups: namenode.groups, rules: namenode.rules,
            clock: clock, logger: TestNamespace.quiet)
        try await body(namenode, engine, handler)
        try namenode.close()
    }

    private func call<A: Message>(
        _ handler: FileSystemProtocolHandler, _ method: String, _ request: some Message, _: A.Type = A.self
    ) async throws -> A {
        let body = ByteBuffer(bytes: try MessageCoding.encode(request))
        let bytes: Result<[UInt8], HFSError> = await withCheckedContinuation { continuation in
            handler.handle(
                RPCCall(
                    method: method, methodIndex: handler.methodNames.firstIndex(of: method) ?? -1, body: body,
                    clientID: Array(0..<16), callID: 0, retryCount: 0, callerContext: "",
                    connection: RPCPeer(id: RPCConnectionID(1), user: "root", address: "10.0.0.9", port: 1),
                    replies: Answer(continuation)))
        }
        return try MessageCoding.decode(A.self, from: try bytes.get())
    }

    /// Changes, until the log has let go of its first record.
    private func fill(_ namenode: NameNode, _ engine: ShardEngine) async throws {
        let name = String(repeating: "n", count: 200)
        for round in 0..<8 {
            clock.advance(byMs: 3_600_000)
            for number in 0..<60 {
                _ = try await namenode.writer.submit(
                    Mkdirs(
                        caller: TestNamespace.root, path: try FilePath("/\(round)-\(number)-\(name)"),
                        mode: FileMode(0o755), unmasked: nil, createParent: false))
            }
        }
        let isGone = try await BlockingWork.run(name: "removal") { engine.awaitRemoval(of: LSN(1), timeoutMs: 30_000) }
        try #require(isGone && namenode.engine.feed.oldestLSN > LSN(1))
    }

    @Test func `what is gone is told with the oldest that is not, and a cursor left behind says so`() async throws {
        try await withNamenode { namenode, engine, handler in
            var cursor = Hfs_Filesystem_SetCursorRequest()
            cursor.name = "slow"
            cursor.lsn = 1
            cursor.create = true
            let _: Hfs_Filesystem_SetCursorResponse = try await call(handler, "setCursor", cursor)
            // Within its own limits a cursor holds the log; that of this one ends here.
            namenode.engine.feed.setCursors([])
            try await fill(namenode, engine)
            let oldest = namenode.engine.feed.oldestLSN

            var read = Hfs_Filesystem_ReadEventsRequest()
            read.fromLsn = 1
            let refused = await #expect(throws: HFSError.self) {
                let _: Hfs_Filesystem_ReadEventsResponse = try await call(handler, "readEvents", read)
            }
            #expect(refused?.code == .eventsRemoved && refused?.message.contains("oldest") == true)
            #expect(refused?.code.javaClass == "org.apache.hadoop.hdfs.inotify.MissingEventsException")
            read.fromLsn = 0
            let page: Hfs_Filesystem_ReadEventsResponse = try await call(handler, "readEvents", read)
            // More may go meanwhile.
            #expect(try #require(page.events.first).lsn >= oldest.rawValue)

            cursor.lsn = 2
            let moved = await #expect(throws: HFSError.self) {
                let _: Hfs_Filesystem_SetCursorResponse = try await call(handler, "setCursor", cursor)
            }
            #expect(moved?.code == .eventsRemoved)
            let list: Hfs_Filesystem_ListCursorsResponse = try await call(
                handler, "listCursors", Hfs_Filesystem_ListCursorsRequest())
            #expect(list.cursors.map(\.isBeyondRetention) == [true] && list.cursors.map(\.lsn) == [1])
            // It goes on from what is there.
            cursor.lsn = page.publishedLsn
            let _: Hfs_Filesystem_SetCursorResponse = try await call(handler, "setCursor", cursor)
        }
    }
}
