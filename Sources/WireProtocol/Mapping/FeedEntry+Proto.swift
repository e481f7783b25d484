package import Core
internal import FoundationEssentials

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

    package var proto: Hfs_Filesystem_Event {
        var proto = Hfs_Filesystem_Event()
        proto.lsn = lsn.rawValue
        proto.index = index
        proto.timeMs = timeMs
        proto.user = user
        if let run { proto.run = run.rawValue }
        if !address.isEmpty { proto.address = address }
        if !callerContext.isEmpty { proto.callerContext = callerContext }
        proto.kind = UInt32(event.kind.rawValue)
        proto.inode = event.inode.rawValue
        if event.parent.rawValue != 0 { proto.parent = event.parent.rawValue }
        proto.path = event.path
        if event.isDirectory { proto.isDirectory = true }
        switch event.change {
        case .none: break
        case .text(let text): proto.text = text
        case .content(let length, let modifiedMs, let checksum):
            proto.content.length = length
            proto.content.modifiedMs = modifiedMs
            if let checksum { proto.content.checksum = checksum }
        case .moved(let parent, let path):
            proto.moved.parent = parent.rawValue
            proto.moved.path = path
        case .attribute(let name, let old, let new):
            proto.attribute.name = name
            if let old { proto.attribute.old = Data(old) }
            if let new { proto.attribute.new = Data(new) }
        }
        return proto
    }
}
