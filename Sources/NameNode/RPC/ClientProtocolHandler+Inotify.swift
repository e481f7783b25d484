import Core
import MetaStore
import Transport
import WireProtocol

/// HDFS's own way to the edits log as events; a transaction id is an LSN. For superusers, as in HDFS.
extension ClientProtocolHandler {
    static let inotify: [(String, Method)] = [
        ("getCurrentEditLogTxid", { handler, call throws(HFSError) in handler.getCurrentEditLogTxid(call) }),
        ("getEditsFromTxid", { handler, call throws(HFSError) in try handler.getEditsFromTxid(call) }),
    ]

    /// Events of one answer: HDFS's `dfs.namenode.inotify.max.events.per.rpc`.
    private static let inotifyEventsMax = 1000

    private func getCurrentEditLogTxid(_ call: RPCCall) {
        withSuperuser(call) { [engine] in
            var response = Hadoop_Hdfs_GetCurrentEditLogTxidResponseProto()
            response.txid = Int64(clamping: engine.publishedLSN.rawValue)
            call.reply(response)
        }
    }

    private func getEditsFromTxid(_ call: RPCCall) throws(HFSError) {
        let asked = try call.request(Hadoop_Hdfs_GetEditsFromTxidRequestProto.self).txid
        withSuperuser(call) { [engine] in
            let published = engine.publishedLSN
            let lsn = LSN(UInt64(clamping: asked))
            guard lsn <= published else { return Self.reply(call, [], published) }
            // A client that finds a gap before the first transaction says so itself.
            engine.feed.readRecords(from: max(lsn, engine.feed.oldestLSN), eventsMax: Self.inotifyEventsMax) { result in
                switch result {
                case .success(let found): Self.reply(call, found.records, found.publishedLSN)
                case .failure(let error): call.fail(error)
                }
            }
        }
    }

    private static func reply(_ call: RPCCall, _ records: [EditRecord], _ published: LSN) {
        var response = Hadoop_Hdfs_GetEditsFromTxidResponseProto()
        response.eventsList.firstTxid = records.first.map { Int64(clamping: $0.lsn.rawValue) } ?? -1
        response.eventsList.lastTxid = records.last.map { Int64(clamping: $0.lsn.rawValue) } ?? -1
        response.eventsList.syncTxid = Int64(clamping: published.rawValue)
        do throws(HFSError) {
            for record in records {
                var batch = Hadoop_Hdfs_EventBatchProto()
                batch.events = try InotifyTranslator(record).events()
                guard !batch.events.isEmpty else { continue }
                batch.txid = Int64(clamping: record.lsn.rawValue)
                response.eventsList.batch.append(batch)
            }
            call.reply(response)
        } catch {
            call.fail(error)
        }
    }

    private func withSuperuser(_ call: RPCCall, _ body: @escaping @Sendable () -> Void) {
        withCaller(call) { caller in
            guard caller.isSuperuser else {
                return call.fail(
                    HFSError(
                        .accessDenied, "Access denied for user \(caller.user). Superuser privilege is required"))
            }
            body()
        }
    }
}
