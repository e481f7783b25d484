import Core
import MetaStore
import WireProtocol

/// ReadEventsResponse: a page of the feed, written from the log's form of its events without decoding them.
struct EventsResponse: WireEncodable {
    private let page: FeedPage

    init(_ page: FeedPage) { self.page = page }

    var encodedSize: Int {
        var size = WireSize.uint(2, page.nextLSN.rawValue) + WireSize.uint(3, page.publishedLSN.rawValue)
        size += WireSize.uint(4, page.oldestLSN.rawValue)
        page.events.forEach { entry, _ in
            size += entry.encodedSize(field: 1)
            return true
        }
        return size
    }

    func encode(to writer: inout WireWriter) {
        page.events.forEach { entry, _ in
            entry.encode(field: 1, to: &writer)
            return true
        }
        writer.uint(2, page.nextLSN.rawValue)
        writer.uint(3, page.publishedLSN.rawValue)
        writer.uint(4, page.oldestLSN.rawValue)
    }
}
