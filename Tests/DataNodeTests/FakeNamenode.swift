import Core
import Logging
import Transport
import WireProtocol

@testable import DataNode

/// A namenode as far as datanodes see it: remembers what they say and hands out the commands that a test wants.
final class FakeNamenode: RPCService {
    struct State {
        var clusterID = "CID-test"
        var needsFullReport = true
        var registered: [String: Hfs_Datanode_RegisterRequest] = [:]
        var registrations = 0
        var commands: [String: [Hfs_Datanode_Command]] = [:]
        var changes: [Hfs_Datanode_ReplicaChange] = []
        /// Block ids of finalized replicas, by storage and bucket.
        var contents: [String: [UInt64: [UInt64]]] = [:]
        var completeReports: Set<String> = []
        var bad: [UInt64] = []
        var reads: [BlockAccessToken] = []
        /// Told in heartbeats, and how many were answered.
        var durableReads: UInt64 = 0
        var heartbeats = 0
        /// How many messages with reads it refuses: it has no room for them now.
        var readsToRefuse = 0
        /// `reads` when the first report came.
        var readsBeforeReport: [BlockAccessToken]?
        /// Blocks of its own, and the questions for them.
        var inline: [UInt64: [UInt8]] = [:]
        var inlineReads: [UInt64] = []
        var recoveries: [Hfs_Datanode_CommitRecoveryRequest] = []

        mutating func noteReport() { readsBeforeReport = readsBeforeReport ?? reads }
    }

    let state = Monitor(State())
    let protocolName = "hfs.DatanodeProtocol"

    func handle(_ call: RPCCall) {
        do throws(HFSError) {
            switch call.method {
            case "register":
                let request = try call.request(Hfs_Datanode_RegisterRequest.self)
                let answer = state.update { state -> Hfs_Datanode_RegisterResponse in
                    state.registered[request.datanode.uuid] = request
                    state.registrations += 1
                    var answer = Hfs_Datanode_RegisterResponse()
                    answer.clusterID = state.clusterID
                    answer.poolID = RawClient.poolID
                    answer.heartbeatIntervalMs = 50
                    answer.bucketReportIntervalMs = 60_000
                    answer.needsFullReport = state.needsFullReport
                    return answer
                }
                call.reply(answer)
            case "heartbeat":
                let request = try call.request(Hfs_Datanode_HeartbeatRequest.self)
                var answer = Hfs_Datanode_HeartbeatResponse()
                state.update { state in
                    answer.durableReads = state.durableReads
                    answer.commands = state.commands.removeValue(forKey: request.uuid) ?? []
                    state.heartbeats += 1
                }
                call.reply(answer)
            case "replicasChanged":
                let request = try call.request(Hfs_Datanode_ReplicasChangedRequest.self)
                state.update { $0.changes += request.changes }
                call.reply(Hfs_Datanode_ReplicasChangedResponse())
            case "bucketReport":
                let request = try call.request(Hfs_Datanode_BucketReportRequest.self)
                var answer = Hfs_Datanode_BucketReportResponse()
                answer.differingBuckets = request.hashes.indices.filter { request.hashes[$0] != 0 }.map { UInt32($0) }
                state.update { $0.noteReport() }
                if answer.differingBuckets.isEmpty { state.update { _ = $0.completeReports.insert(request.storageID) } }
                call.reply(answer)
            case "bucketContents":
                let request = try call.request(Hfs_Datanode_BucketContentsRequest.self)
                state.update { state in
                    state.noteReport()
                    for index in stride(from: 0, to: request.replicas.count, by: 4) {
                        state.contents[request.storageID, default: [:]][request.replicas[index]] = Array(
                            request.replicas[(index + 1)..<(index + 4)])
                    }
                    if request.last { state.completeReports.insert(request.storageID) }
                }
                call.reply(Hfs_Datanode_BucketContentsResponse())
            case "badReplicas":
                let request = try call.request(Hfs_Datanode_BadReplicasRequest.self)
                state.update { $0.bad += request.blocks.map(\.blockID) }
                call.reply(Hfs_Datanode_BadReplicasResponse())
            case "blocksRead":
                let request = try call.request(Hfs_Datanode_BlocksReadRequest.self)
                var answer = Hfs_Datanode_BlocksReadResponse()
                answer.round = 7
                let isRefused = state.update { state -> Bool in
                    state.readsToRefuse -= 1
                    return state.readsToRefuse >= 0
                }
                if isRefused { throw HFSError(.retriable, "no room") }
                state.update { $0.reads += request.tokens.map { BlockAccessToken($0) } }
                call.reply(answer)
            case "readInline":
                let request = try call.request(Hfs_Datanode_ReadInlineRequest.self)
                var answer = Hfs_Datanode_ReadInlineResponse()
                state.update { state in
                    state.inlineReads.append(request.blockID)
                    guard let bytes = state.inline[request.blockID] else { return }
                    answer.setBytes(bytes)
                    answer.checksum = CRC32C.checksum(bytes)
                }
                call.reply(answer)
            case "commitRecovery":
                let request = try call.request(Hfs_Datanode_CommitRecoveryRequest.self)
                state.update { $0.recoveries.append(request) }
                call.reply(Hfs_Datanode_CommitRecoveryResponse())
            default: call.fail(HFSError(.noSuchMethod, call.method))
            }
        } catch { call.fail(error) }
    }

    func wait(_ what: String, timeoutMs: Int64 = 60_000, _ body: (inout State) -> Bool) throws {
        guard state.wait(timeoutMs: timeoutMs, until: { body(&$0) ? true : nil }) == true else {
            throw HFSError(.timedOut, "Waiting for \(what)")
        }
    }

    func command(_ uuid: String, _ fill: (inout Hfs_Datanode_Command) -> Void) {
        var command = Hfs_Datanode_Command()
        fill(&command)
        state.update { $0.commands[uuid, default: []].append(command) }
    }
}
