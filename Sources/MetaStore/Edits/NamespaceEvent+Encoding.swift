internal import Core

/// What stands behind an event's path.
private enum Tag {
    static let none: UInt8 = 0
    static let text: UInt8 = 1
    static let content: UInt8 = 2
    static let summedContent: UInt8 = 3
    static let moved: UInt8 = 4
    /// Plus 1 for an old value, plus 2 for a new one.
    static let attribute: UInt8 = 8
}

/// An event in an edits record: kind, flags, inode, parent, path, and what the change's tag says.
///
///     u8 kind | 0x80 for a directory, u64 inode, u64 parent, path, u8 tag, payload
extension NamespaceEvent {
    /// The fewest bytes that an event takes: bounds the count that a damaged record claims.
    static let encodedBytesMin = 19

    func encode(into writer: ByteWriter) {
        writer.put(kind.rawValue | (isDirectory ? 0x80 : 0))
        writer.put(inode.rawValue)
        writer.put(parent.rawValue)
        writer.putString(path)
        switch change {
        case .none: writer.put(Tag.none)
        case .text(let text):
            writer.put(Tag.text)
            writer.putString(text)
        case .content(let length, let modifiedMs, let checksum):
            writer.put(checksum == nil ? Tag.content : Tag.summedContent)
            writer.putVarint(length)
            writer.put(modifiedMs)
            if let checksum { writer.put(checksum) }
        case .moved(let parent, let path):
            writer.put(Tag.moved)
            writer.put(parent.rawValue)
            writer.putString(path)
        case .attribute(let name, let old, let new):
            writer.put(Tag.attribute | (old == nil ? 0 : 1) | (new == nil ? 0 : 2))
            writer.putString(name)
            if let old { writer.putBytes(old) }
            if let new { writer.putBytes(new) }
        }
    }

    /// nil for a kind or tag that does not exist.
    init?(from reader: inout ByteReader) {
        guard let raw = RawEvent(from: &reader) else { return nil }
        self.init(raw)
    }
}

extension RawEvent {
    /// Steps over an event. nil for a tag that does not exist; the kind may be any.
    init?(from reader: inout ByteReader) {
        let first = reader.get(UInt8.self)
        let inode = reader.get(UInt64.self)
        let parent = reader.get(UInt64.self)
        let path = reader.getSlice()
        let change: Change
        switch reader.get(UInt8.self) {
        case Tag.none: change = .none
        case Tag.text: change = .text(reader.getSlice())
        case Tag.content:
            change = .content(length: reader.getVarint(), modifiedMs: reader.get(Int64.self), checksum: nil)
        case Tag.summedContent:
            change = .content(
                length: reader.getVarint(), modifiedMs: reader.get(Int64.self), checksum: reader.get(UInt32.self))
        case Tag.moved: change = .moved(parent: reader.get(UInt64.self), path: reader.getSlice())
        case let tag where tag & ~3 == Tag.attribute:
            let name = reader.getSlice()
            let old = tag & 1 == 0 ? nil : reader.getSlice()
            change = .attribute(name: name, old: old, new: tag & 2 == 0 ? nil : reader.getSlice())
        default: return nil
        }
        self.init(
            kind: first & 0x7f, isDirectory: first & 0x80 != 0, inode: inode, parent: parent, path: path, change: change
        )
    }
}
