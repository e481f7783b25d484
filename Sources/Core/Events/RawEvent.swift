/// An event in the bytes that hold it, with its texts in place: nothing is copied or counted. Valid as long as the bytes.
package struct RawEvent {
    /// As `NamespaceEvent.Change`.
    package enum Change {
        case none
        case text(UnsafeRawBufferPointer)
        case content(length: UInt64, modifiedMs: Int64, checksum: UInt32?)
        case moved(parent: UInt64, path: UnsafeRawBufferPointer)
        case attribute(name: UnsafeRawBufferPointer, old: UnsafeRawBufferPointer?, new: UnsafeRawBufferPointer?)
    }

    /// Raw value of a kind, perhaps of one that this version does not know.
    package var kind: UInt8
    package var isDirectory: Bool
    package var inode: UInt64
    package var parent: UInt64
    package var path: UnsafeRawBufferPointer
    package var change: Change

    package init(
        kind: UInt8, isDirectory: Bool, inode: UInt64, parent: UInt64, path: UnsafeRawBufferPointer, change: Change
    ) {
        self.kind = kind
        self.isDirectory = isDirectory
        self.inode = inode
        self.parent = parent
        self.path = path
        self.change = change
    }

    /// The new path of what moved.
    package var newPath: UnsafeRawBufferPointer? {
        guard case .moved(_, let path) = change else { return nil }
        return path
    }
}

extension NamespaceEvent {
    /// A copy of its own; nil for a kind that this version does not know.
    package init?(_ raw: RawEvent) {
        guard let kind = Kind(rawValue: raw.kind) else { return nil }
        let change: Change =
            switch raw.change {
            case .none: .none
            case .text(let text): .text(String(decoding: text, as: UTF8.self))
            case .content(let length, let modifiedMs, let checksum):
                .content(length: length, modifiedMs: modifiedMs, checksum: checksum)
            case .moved(let parent, let path):
                .moved(parent: InodeID(parent), path: String(decoding: path, as: UTF8.self))
            case .attribute(let name, let old, let new):
                .attribute(
                    name: String(decoding: name, as: UTF8.self), old: old.map { Array($0) }, new: new.map { Array($0) })
            }
        self.init(
            kind, inode: InodeID(raw.inode), parent: InodeID(raw.parent),
            path: String(decoding: raw.path, as: UTF8.self), isDirectory: raw.isDirectory, change: change)
    }
}
