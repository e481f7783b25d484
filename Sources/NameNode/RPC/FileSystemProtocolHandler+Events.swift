import Core
import MetaStore
import Transport
import WireProtocol

/// The event feed.
extension FileSystemProtocolHandler {
    static let events: [(String, Method)] = [
        ("readEvents", { handler, call throws(HFSError) in try handler.readEvents(call) }),
        ("setCursor", { handler, call throws(HFSError) in try handler.setCursor(call) }),
        ("removeCursor", { handler, call throws(HFSError) in try handler.removeCursor(call) }),
        ("listCursors", { handler, call throws(HFSError) in handler.listCursors(call) }),
    ]

    private func readEvents(_ call: RPCCall) throws(HFSError) {
        let question = try call.request(Hfs_Filesystem_ReadEventsRequest.self)
        var request = FeedRequest(try Self.start(of: question))
        request.filter = try Self.filter(of: question)
        if question.hasEventsMax { request.entriesMax = Int(question.eventsMax) }
        request.owner = call.connection.id.rawValue
        request.isAbandoned = { [connection = call.connection] in connection.isClosed }
        let made = request
        let deadlineMs = clock.monotonicMs + min(Int64(question.waitMs), Limits.feedWaitMsMax)
        withCaller(call) { [engine, clock] caller in
            EventPoll(engine: engine, caller: caller, clock: clock, deadlineMs: deadlineMs, request: made).run {
                switch $0 {
                case .success(let page): call.reply(encoding: EventsResponse(page))
                case .failure(let error): call.fail(error)
                }
            }
        }
    }

    private static func start(of request: Hfs_Filesystem_ReadEventsRequest) throws(HFSError) -> FeedStart {
        if request.fromEnd { return .end }
        guard request.hasSinceMs else { return .lsn(LSN(request.fromLsn)) }
        return .time(ms: request.sinceMs)
    }

    private static func filter(of request: Hfs_Filesystem_ReadEventsRequest) throws(HFSError) -> FeedFilter {
        var kinds: [NamespaceEvent.Kind] = []
        for raw in request.kinds {
            guard let kind = UInt8(exactly: raw).flatMap({ NamespaceEvent.Kind(rawValue: $0) }) else {
                throw HFSError(.invalidArgument, "There is no kind of event with the number \(raw)")
            }
            kinds.append(kind)
        }
        let path = request.hasPathPrefix ? try FilePath(request.pathPrefix) : nil
        return FeedFilter(path: path, kinds: kinds, run: request.hasRun ? RunID(request.run) : nil)
    }

    /// Not held back by safemode: consumers go on while blocks are awaited.
    private func setCursor(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_SetCursorRequest.self)
        try CursorRules.checkName(request.name)
        let (oldest, newest) = (engine.feed.oldestLSN, engine.publishedLSN)
        guard request.lsn <= newest.rawValue + 1 else {
            throw HFSError(.invalidArgument, "LSN \(request.lsn) lies in the future: the newest record is \(newest)")
        }
        guard request.lsn >= oldest.rawValue else {
            throw HFSError(.eventsRemoved, "LSN \(request.lsn) is no longer kept: the oldest record is \(oldest)")
        }
        withCaller(call) { [writer] caller in
            let operation = SetCursor(
                caller: caller, name: request.name, lsn: LSN(request.lsn), mayCreate: request.create)
            writer.submit(operation) { Self.reply(call, $0) }
        }
    }

    private func removeCursor(_ call: RPCCall) throws(HFSError) {
        let name = try call.request(Hfs_Filesystem_RemoveCursorRequest.self).name
        try CursorRules.checkName(name)
        withCaller(call) { [self] caller in
            writer.submit(RemoveCursor(caller: caller, name: name), retry: retryKey(call)) { Self.reply(call, $0) }
        }
    }

    private func listCursors(_ call: RPCCall) {
        read(call, { ListCursors(caller: $0) }) { [engine] found, _ in
            let oldest = engine.feed.oldestLSN
            var response = Hfs_Filesystem_ListCursorsResponse()
            response.cursors = found.map { name, row in
                var info = Hfs_Filesystem_CursorInfo()
                info.name = name
                info.lsn = row.lsn.rawValue
                info.owner = row.owner
                info.updatedMs = row.updatedMs
                info.isBeyondRetention = row.lsn < oldest
                return info
            }
            call.reply(response)
        }
    }
}
