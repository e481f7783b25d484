/// What the shards hold of a block.
package struct BlockReport: Codable, Hashable, Sendable {
    package var block: UInt64
    package var inode: UInt64
    /// nil: its file lies in an unlinked subtree.
    package var path: String?
    package var index: UInt32
    package var generationStamp: UInt64
    package var lengthBytes: UInt64
    package var replication: Int
    /// `underConstruction` or `committed`.
    package var state: String
    /// Bytes that are here and on no datanode; nil: it is a block of datanodes. 0 when its row of bytes is missing.
    package var inlineBytes: Int?
    /// The checksums of both row and bytes are right.
    package var isInlineIntact: Bool?
    package var lsn: UInt64
    /// The row's checksum is right.
    package var isIntact: Bool

    /// One line a fact, for people.
    package var text: String {
        let place =
            inlineBytes.map { "inline \($0) bytes\(isInlineIntact == true ? "" : " damaged")" }
            ?? "inline no, on datanodes"
        return """
            block blk_\(block)
            inode \(inode)
            path \(path ?? "none: unlinked")
            index \(index)
            generationStamp \(generationStamp)
            lengthBytes \(lengthBytes)
            replication \(replication)
            state \(state)
            \(place)
            row block@\(lsn)\(isIntact ? "" : " damaged")
            """
    }
}
