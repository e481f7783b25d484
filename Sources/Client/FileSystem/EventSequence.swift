public import Core

/// The event feed, page by page as it is consumed. See `HFSFileSystem.events(from:path:kinds:run:follows:)`.
public struct EventSequence: AsyncSequence, Sendable {
    public typealias Element = FeedEntry
    public typealias Failure = HFSError

    let fileSystem: HFSFileSystem
    let start: EventStart
    let query: EventQuery
    let follows: Bool

    public func makeAsyncIterator() -> Iterator {
        Iterator(fileSystem: fileSystem, start: start, query: query, follows: follows)
    }

    /// Holds one page. After an error it can be asked again and goes on where it was.
    public struct Iterator: AsyncIteratorProtocol {
        private let fileSystem: HFSFileSystem
        private let query: EventQuery
        private let follows: Bool
        private var start: EventStart
        private var page: [FeedEntry] = []
        private var index = 0
        /// The newest record when the first page was made: who does not follow ends there.
        private var last: LSN?
        private var isAtEnd = false

        /// Longest wait of one call for news, milliseconds.
        private static let waitMs: UInt32 = 30_000

        init(fileSystem: HFSFileSystem, start: EventStart, query: EventQuery, follows: Bool) {
            self.fileSystem = fileSystem
            self.start = start
            self.query = query
            self.follows = follows
        }

        /// Where a new reader goes on so that it gets nothing twice and misses nothing, once the entries handed out so far are
        /// dealt with: the record of the next entry of this page, or behind the page. nil before the first page.
        ///
        /// An entry shares its record with the entries of the same LSN, so a reader that stops between two of them gets the
        /// first again.
        public var nextLSN: LSN? {
            if index < page.count { return page[index].lsn }
            guard case .lsn(let lsn) = start else { return nil }
            return lsn
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(HFSError) -> FeedEntry? {
            while index == page.count {
                if isAtEnd { return nil }
                try await fetch(isolation: actor)
            }
            defer { index += 1 }
            return page[index]
        }

        private mutating func fetch(isolation actor: isolated (any Actor)?) async throws(HFSError) {
            let fetched = try await fileSystem.readEvents(
                from: start, query, waitMs: follows ? Self.waitMs : 0)
            page = fetched.entries
            index = 0
            start = .lsn(fetched.nextLSN)
            let end = last ?? fetched.publishedLSN
            last = end
            isAtEnd = !follows && fetched.nextLSN > end
        }
    }
}
