import Core
import NIOCore
import SwiftProtobuf
import Synchronization
import Testing
import Transport
import WireProtocol

@testable import NameNode

@Suite struct HandlerTests {
    /// Takes one call's answer.
    private final class Answer: RPCReplySink {
        private let waiting = Mutex<CheckedContinuation<Result<[UInt8], HFSError>, Never>?>(nil)

        init(_ continuation: CheckedContinuation<Result<[UInt8], HFSError>, Never>) {
            waiting.withLock { $0 = continuation }
        }

        func succeed(_ call: RPCCall, _ fill: (inout ByteBuffer) -> Void) {
            var buffer = ByteBuffer()
            fill(&buffer)
            take()?.resume(returning: .success(Array(buffer.readableBytesView)))
        }

        func fail(_ call: RPCCall, _ error: HFSError) { take()?.resume(returning: .failure(error)) }

        private func take() -> CheckedContinuation<Result<[UInt8], HFSError>, Never>? { waiting.withLock { $0.take() } }
    }

    /// Calls the handler as a connection of `user` would.
    private struct Client {
        let handler: ClientProtocolHandler
        var user = "root"

        init(_ ns: TestNamespace, user: String = "root") {
            handler = ClientProtocolHandler(
                writer: ns.namenode.writer, recovery: ns.namenode.recovery, groups: ns.namenode.groups,
                rules: ns.namenode.rules, clock: ns.clock, logger: TestNamespace.quiet)
            self.user = user
        }

        func call<A: Message>(
            _ method: String, _ request: some Message, _: A.Type = A.self, callID: Int32 = 0
        ) async throws -> A {
            let body = ByteBuffer(bytes: try MessageCoding.encode(request))
            let bytes: Result<[UInt8], HFSError> = await withCheckedContinuation { continuation in
                handler.handle(
                    RPCCall(
                        method: method, methodIndex: handler.methodNames.firstIndex(of: method) ?? -1, body: body,
                        clientID: Array(0..<16), callID: callID, retryCount: 0, callerContext: "",
                        connection: RPCPeer(id: RPCConnectionID(1), user: user, address: "10.0.0.9", port: 1),
                        replies: Answer(continuation)))
            }
            return try MessageCoding.decode(A.self, from: try bytes.get())
        }

        func create(_ path: String, holder: String = "cl") async throws -> Hadoop_Hdfs_CreateResponseProto {
            var request = Hadoop_Hdfs_CreateRequestProto()
            request.src = path
            request.masked = FileMode(0o644).proto
            request.clientName = holder
            request.createFlag = 1
            request.createParent = true
            request.replication = 1
            request.blockSize = 1 << 20
            return try await call("create", request)
        }
    }

    private func join(_ ns: TestNamespace, _ node: Int) throws -> DatanodeConnection {
        let connection = DatanodeConnection(UInt64(100 + node))
        _ = try ns.namenode.blocks.register(BlockCluster.descriptor(node), [BlockCluster.storage(node)], on: connection)
        try ns.namenode.blocks.bucketContents(
            "node-\(node)", storageID: "DS-\(node)", buckets: Array(0..<Limits.blockReportBuckets), [], isLast: true,
            on: connection)
        return connection
    }

    @Test func aFileIsWrittenOverTheWireAndCompleteWaitsForTheReport() async throws {
        try await TestNamespace.with { ns in
            let client = Client(ns)
            let connection = try join(ns, 1)
            let file = try await client.create("/f").fs
            #expect(file.blockReplication == 1 && file.hasFileID && file.blocksize == 1 << 20)
            var add = Hadoop_Hdfs_AddBlockRequestProto()
            add.src = "/f"
            add.clientName = "cl"
            let block: Hadoop_Hdfs_AddBlockResponseProto = try await client.call("addBlock", add)
            #expect(block.block.locs.map(\.id.datanodeUuid) == ["node-1"])
            #expect(block.block.storageIds == ["DS-1"])
            #expect(block.block.b.hasNumBytes)
            // The same again: the same block on the same pipeline.
            let again: Hadoop_Hdfs_AddBlockResponseProto = try await client.call("addBlock", add)
            #expect(again.block.b == block.block.b)
            #expect(again.block.locs.map(\.id.datanodeUuid) == ["node-1"])
            var complete = Hadoop_Hdfs_CompleteRequestProto()
            complete.src = "/f"
            complete.clientName = "cl"
            complete.last = block.block.b
            complete.last.numBytes = 10
            complete.fileID = file.fileID
            async let closed: Hadoop_Hdfs_CompleteResponseProto = client.call("complete", complete)
            try await ns.settle()
            let replica = ReportedReplica(
                block: BlockID(block.block.b.blockID), generationStamp: GenerationStamp(block.block.b.generationStamp),
                length: 10)
            try ns.namenode.blocks.replicasChanged(
                "node-1", [ReplicaChange(kind: .received, replica: replica, storageID: "DS-1")], on: connection)
            #expect(try await closed.result)
            var locate = Hadoop_Hdfs_GetBlockLocationsRequestProto()
            locate.src = "/f"
            locate.offset = 0
            locate.length = UInt64(Int64.max)
            let located: Hadoop_Hdfs_GetBlockLocationsResponseProto = try await client.call("getBlockLocations", locate)
            #expect(located.locations.fileLength == 10)
            #expect(located.locations.blocks.map { $0.locs.map(\.id.datanodeUuid) } == [["node-1"]])
            #expect(located.locations.isLastBlockComplete && !located.locations.underConstruction)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func withoutDatanodesAddBlockSaysSoAsHDFSDoes() async throws {
        try await TestNamespace.with { ns in
            let client = Client(ns)
            _ = try await client.create("/f")
            var add = Hadoop_Hdfs_AddBlockRequestProto()
            add.src = "/f"
            add.clientName = "cl"
            do {
                let _: Hadoop_Hdfs_AddBlockResponseProto = try await client.call("addBlock", add)
                Issue.record("there was nowhere to write")
            } catch let error as HFSError {
                #expect(error.code == .noDatanodes)
                #expect(error.message.hasPrefix("File /f could only be written to 0 of the 1 minReplication nodes."))
            }
        }
    }

    @Test func aRepeatedDeleteGetsTheFirstAnswerAndANewOneItsOwn() async throws {
        try await TestNamespace.with { ns in
            let client = Client(ns)
            try await ns.mkdirs("/d")
            var request = Hadoop_Hdfs_DeleteRequestProto()
            request.src = "/d"
            request.recursive = true
            let results = [
                try await client.call("delete", request, Hadoop_Hdfs_DeleteResponseProto.self, callID: 7).result,
                try await client.call("delete", request, Hadoop_Hdfs_DeleteResponseProto.self, callID: 7).result,
                try await client.call("delete", request, Hadoop_Hdfs_DeleteResponseProto.self, callID: 8).result,
            ]
            #expect(results == [true, true, false])
        }
    }

    @Test func groupsComeFromTheTableAndTheSupergroupMakesSuperusers() async throws {
        try await TestNamespace.with { ns in
            var request = Hadoop_Hdfs_SetSafeModeRequestProto()
            request.action = .safemodeEnter
            func enter(_ user: String) async -> String {
                do {
                    let answer: Hadoop_Hdfs_SetSafeModeResponseProto = try await Client(ns, user: user).call(
                        "setSafeMode", request)
                    return "\(answer.result)"
                } catch {
                    return (error as? HFSError)?.message ?? "\(error)"
                }
            }
            #expect(await enter("bob") == "Access denied for user bob. Superuser privilege is required")
            #expect(await enter("carol") == "true")
            do {
                _ = try await Client(ns).create("/f")
                Issue.record("created in safemode")
            } catch let error as HFSError {
                #expect(
                    error.message.hasPrefix(
                        "Cannot create file/f. Name node is in safe mode.\nIt was turned on manually."))
            }
            #expect(try await ns.stat("/f") == nil)
        }
    }

    @Test func everyMethodRefusesARequestWithoutItsFields() async throws {
        try await TestNamespace.with { ns in
            let client = Client(ns)
            let answersAnyway: Set<String> = [
                "getServerDefaults", "getFsStats", "getFsReplicatedBlockStats", "getFsECBlockGroupStats",
                "getStoragePolicies",
                "listEncryptionZones", "getHAServiceState", "msync", "getDelegationToken", "getDataEncryptionKey",
                "getSnapshottableDirListing", "reportBadBlocks", "getCurrentEditLogTxid",
            ]
            #expect(Set(client.handler.methodNames).count == client.handler.methodNames.count)
            for method in client.handler.methodNames where !answersAnyway.contains(method) {
                await #expect(throws: HFSError.self, "\(method)") {
                    let _: Hadoop_Hdfs_SetTimesResponseProto = try await client.call(
                        method, Hadoop_Hdfs_SetTimesResponseProto())
                }
            }
        }
    }
}
