import Core
import MetaStore

@testable import NameNode

/// Files that the namenode keeps itself.
extension TestNamespace {
    /// Closes an open file with these bytes.
    @discardableResult
    func completeInline(
        _ text: String, _ inode: InodeID, _ bytes: [UInt8], holder: String = "cl"
    ) async throws(HFSError) -> Answer.Body {
        try await run(
            CompleteInline(
                caller: Self.root, path: path(text), inode: inode, holder: holder,
                content: InlineRow(bytes, checksum: CRC32C.checksum(bytes))))
    }

    /// A closed file whose bytes are with the namenode.
    @discardableResult
    func writeInline(
        _ text: String, _ bytes: [UInt8], as caller: Caller = root, overwrite: Bool = false, replication: Int = 1
    ) async throws(HFSError) -> InodeID {
        let inode = try await create(text, as: caller, overwrite: overwrite, replication: replication)
        try await completeInline(text, inode, bytes)
        return inode
    }

    /// As `writeInline`, in one step.
    @discardableResult
    func writeAtOnce(
        _ text: String, _ bytes: [UInt8], as caller: Caller = root, overwrite: Bool = false, replication: Int = 1
    ) async throws(HFSError) -> FileStatus {
        var operation = try creation(text, as: caller, overwrite: overwrite, replication: replication)
        operation.content = InlineRow(bytes, checksum: CRC32C.checksum(bytes))
        guard case .status(let status) = try await run(operation) else { throw HFSError(.io, "create gave no status") }
        return status
    }

    /// A file's layout as our own client asks for it.
    func open(_ text: String, as caller: Caller = root) async throws(HFSError) -> FileLayout {
        try await ask(GetBlockLocations(caller: caller, path: path(text), wantsInline: true))
    }
}

extension FileLayout {
    var inline: InlineRow? { inlineImage.flatMap { try? InlineRow(image: $0) } }
}
