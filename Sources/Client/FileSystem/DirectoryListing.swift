public import Core

/// The entries of a directory, fetched page by page as they are consumed. See `HFSFileSystem.list(_:)`.
public struct DirectoryListing: AsyncSequence, Sendable {
    public typealias Element = FileStatus
    public typealias Failure = HFSError

    public func makeAsyncIterator() -> Iterator { Iterator() }

    public struct Iterator: AsyncIteratorProtocol {
        public mutating func next() async throws(HFSError) -> FileStatus? { nil }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(HFSError) -> FileStatus? { nil }
    }
}
