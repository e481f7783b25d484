import Core
import MetaStore

extension MetadataEngine {
    /// One part of the feed; blocks.
    func readFeed(_ request: FeedRequest) throws(HFSError) -> FeedPage {
        let promise = Promise<Result<FeedPage, HFSError>>()
        feed.read(request) { promise.fulfil($0) }
        return try promise.wait().get()
    }

    /// All of the feed from `lsn` on, read in parts of `step` entries.
    func allEvents(
        from lsn: LSN = .zero, where filter: FeedFilter = FeedFilter(), step: Int = 1000
    ) throws(HFSError) -> [FeedEntry] {
        var entries: [FeedEntry] = []
        var request = FeedRequest(.lsn(lsn))
        request.filter = filter
        request.entriesMax = step
        while true {
            let page = try readFeed(request)
            entries += page.entries
            request.start = .lsn(page.nextLSN)
            if page.nextLSN > page.publishedLSN { return entries }
        }
    }
}

/// Writes a row and tells of events.
struct Telling: MetaStore.Operation {
    var events: [NamespaceEvent]
    var origin = EditOrigin(user: "toy", callerContext: "test", address: "127.0.0.1")
    var payload = 1
    /// Bytes of a small file that is written along.
    var smallFileBytes = 0

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<ToyReply> {
        var mutation = Mutation()
        mutation.put(RowKey(.system, 0, Array("told".utf8)), [UInt8](repeating: 7, count: payload))
        if smallFileBytes > 0 {
            let block = inputs.ids.takeBlock(of: inputs.ids.takeFile(in: .root))
            mutation.put(RowKey(.inline, block.rawValue), [UInt8](repeating: 8, count: smallFileBytes))
        }
        mutation.events = events
        return Planned(mutation, ToyReply(text: "told"))
    }

    /// One event about a path.
    static func of(
        _ kind: NamespaceEvent.Kind, _ path: String, to newPath: String? = nil, run: RunID? = nil, payload: Int = 1
    ) -> Telling {
        let change = newPath.map { NamespaceEvent.Change.moved(parent: InodeID(9), path: $0) } ?? .none
        var telling = Telling(
            events: [NamespaceEvent(kind, inode: InodeID(1), parent: InodeID(2), path: path, change: change)])
        telling.origin.run = run
        telling.payload = payload
        return telling
    }
}
