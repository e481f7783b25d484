package import Core

extension FeedEntry {
    /// Throws `.malformedRequest` for a kind that this version does not know.
    package init(_ proto: Hfs_Filesystem_Event) throws(HFSError) {
        guard let kind = UInt8(exactly: proto.kind).flatMap({ NamespaceEvent.Kind(rawValue: $0) }) else {
            throw HFSError(.malformedRequest, "event kind \(proto.kind) is not known to this version")
        }
        let change: NamespaceEvent.Change =
            if proto.hasText {
                .text(proto.text)
            } else if proto.hasContent {
                .content(
                    length: proto.content.length, modifiedMs: proto.content.modifiedMs,
                    checksum: proto.content.hasChecksum ? proto.content.checksum : nil)
            } else if proto.hasMoved {
                .moved(parent: InodeID(proto.moved.parent), path: proto.moved.path)
            } else if proto.hasAttribute {
                .attribute(
                    name: proto.attribute.name, old: proto.attribute.hasOld ? [UInt8](proto.attribute.old) : nil,
                    new: proto.attribute.hasNew ? [UInt8](proto.attribute.new) : nil)
            } else {
                .none
            }
        self.init(
            lsn: LSN(proto.lsn), index: proto.index, timeMs: proto.timeMs, user: proto.user,
            run: proto.hasRun ? RunID(proto.run) : nil, address: proto.address, callerContext: proto.callerContext,
            event: NamespaceEvent(
                kind, inode: InodeID(proto.inode), parent: InodeID(proto.parent), path: proto.path,
                isDirectory: proto.isDirectory, change: change))
    }
}
