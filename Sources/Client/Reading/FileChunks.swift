public import Core

/// The bytes of a file in order. See `FileReader.chunks(from:to:)`.
public struct FileChunks: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = HFSError

    public func makeAsyncIterator() -> Iterator { Iterator() }

    public struct Iterator: AsyncIteratorProtocol {
        public mutating func next() async throws(HFSError) -> [UInt8]? { nil }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(HFSError) -> [UInt8]? { nil }
    }
}
