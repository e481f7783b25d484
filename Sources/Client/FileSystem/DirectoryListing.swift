public import Core
import WireProtocol

/// The entries of a directory, fetched page by page as they are consumed. See `HFSFileSystem.list(_:)`.
public struct DirectoryListing: AsyncSequence, Sendable {
    public typealias Element = FileStatus
    public typealias Failure = HFSError

    let namenode: NamenodeClient
    let path: String

    public func makeAsyncIterator() -> Iterator { Iterator(namenode: namenode, path: path) }

    /// Holds one page.
    public struct Iterator: AsyncIteratorProtocol {
        private let namenode: NamenodeClient
        private let path: String
        private var page: [FileStatus] = []
        private var index = 0
        private var isLastPage = false

        init(namenode: NamenodeClient, path: String) {
            self.namenode = namenode
            self.path = path
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(HFSError) -> FileStatus? {
            if index == page.count, !isLastPage { try await fetch(isolation: actor) }
            guard index < page.count else { return nil }
            defer { index += 1 }
            return page[index]
        }

        private mutating func fetch(isolation actor: isolated (any Actor)?) async throws(HFSError) {
            let request = ListingRequest(path: path, startAfter: page.last?.name ?? [], needsLocations: false)
            let answer: ListingResponse = try await namenode.call("getListing", request)
            guard let fetched = answer.page else {
                // Gone between two pages: what was there has been listed.
                guard page.isEmpty else {
                    isLastPage = true
                    return
                }
                throw HFSError(.fileNotFound, "File does not exist: \(path)")
            }
            page = fetched.entries.map(\.status)
            index = 0
            isLastPage = fetched.remainingCount == 0 || page.isEmpty
        }
    }
}
