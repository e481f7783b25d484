public import Core

/// The bytes of a file in order. See `FileReader.chunks(from:to:)`.
public struct FileChunks: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = HFSError

    let reader: FileReader
    let start: UInt64
    let end: UInt64?

    public func makeAsyncIterator() -> Iterator { Iterator(feed: reader.feed(from: start, to: end)) }

    /// Reads one chunk ahead of its consumer.
    public struct Iterator: AsyncIteratorProtocol {
        let feed: ChunkFeed

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(HFSError) -> [UInt8]? {
            try await feed.next()
        }
    }
}
