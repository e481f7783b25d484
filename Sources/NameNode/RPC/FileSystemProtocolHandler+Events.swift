import Core
import MetaStore
import Transport
import WireProtocol

/// The event feed.
extension FileSystemProtocolHandler {
    static let events: [(String, Method)] = [
        ("readEvents", { handler, call throws(HFSError) in try handler.readEvents(call) })
    ]

    private func readEvents(_ call: RPCCall) throws(HFSError) {
        let question = try call.request(Hfs_Filesystem_ReadEventsRequest.self)
        var request = FeedRequest(try Self.start(of: question))
        request.filter = try Self.filter(of: question)
        if question.hasEventsMax { request.entriesMax = Int(question.eventsMax) }
        request.owner = call.connection.id.rawValue
        let made = request
        let deadlineMs = clock.monotonicMs + min(Int64(question.waitMs), Limits.feedWaitMsMax)
        withCaller(call) { [engine, clock] caller in
            EventPoll(engine: engine, caller: caller, clock: clock, deadlineMs: deadlineMs, request: made).run {
                switch $0 {
                case .success(let page): call.reply(Self.response(page))
                case .failure(let error): call.fail(error)
                }
            }
        }
    }

    private static func start(of request: Hfs_Filesystem_ReadEventsRequest) throws(HFSError) -> FeedStart {
        if request.fromEnd { return .end }
        guard request.hasSinceMs else { return .lsn(LSN(request.fromLSN)) }
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

    private static func response(_ page: FeedPage) -> Hfs_Filesystem_ReadEventsResponse {
        var response = Hfs_Filesystem_ReadEventsResponse()
        response.events = page.entries.map(\.proto)
        response.nextLsn = page.nextLSN.rawValue
        response.publishedLsn = page.publishedLSN.rawValue
        response.oldestLsn = page.oldestLSN.rawValue
        return response
    }
}
