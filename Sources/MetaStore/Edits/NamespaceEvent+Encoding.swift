internal import Core

/// An event in an edits record: kind, flags, inode, parent, path, and what the change's tag says.
///
///     u8 kind | 0x80 for a directory, u64 inode, u64 parent, path, u8 tag, payload
extension NamespaceEvent {
    private enum Tag {
        static let none: UInt8 = 0
        static let text: UInt8 = 1
        static let content: UInt8 = 2
        static let summedContent: UInt8 = 3
        static let moved: UInt8 = 4
        /// Plus 1 for an old value, plus 2 for a new one.
        static let attribute: UInt8 = 8
    }

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
        let first = reader.get(UInt8.self)
        guard let kind = Kind(rawValue: first & 0x7f) else { return nil }
        let inode = InodeID(reader.get(UInt64.self))
        let parent = InodeID(reader.get(UInt64.self))
        let path = reader.getString()
        let change: Change
        switch reader.get(UInt8.self) {
        case Tag.none: change = .none
        case Tag.text: change = .text(reader.getString())
        case Tag.content:
            change = .content(length: reader.getVarint(), modifiedMs: reader.get(Int64.self), checksum: nil)
        case Tag.summedContent:
            change = .content(
                length: reader.getVarint(), modifiedMs: reader.get(Int64.self), checksum: reader.get(UInt32.self))
        case Tag.moved: change = .moved(parent: InodeID(reader.get(UInt64.self)), path: reader.getString())
        case let tag where tag & ~3 == Tag.attribute:
            let name = reader.getString()
            let old = tag & 1 == 0 ? nil : reader.getBytes()
            change = .attribute(name: name, old: old, new: tag & 2 == 0 ? nil : reader.getBytes())
        default: return nil
        }
        self.init(
            kind, inode: inode, parent: parent, path: path, isDirectory: first & 0x80 != 0, change: change)
    }

    /// What decides whether somebody wants an event, found without decoding it.
    struct Outline {
        /// Raw value.
        var kind: UInt8
        var path: UnsafeRawBufferPointer
        /// The new path of what moved.
        var newPath: UnsafeRawBufferPointer?
    }

    /// Steps over an event. nil for a tag that does not exist.
    static func outline(_ reader: inout ByteReader) -> Outline? {
        let kind = reader.get(UInt8.self) & 0x7f
        reader.skip(16)
        var outline = Outline(kind: kind, path: reader.getSlice())
        switch reader.get(UInt8.self) {
        case Tag.none: break
        case Tag.text: _ = reader.getSlice()
        case Tag.content:
            _ = reader.getVarint()
            reader.skip(8)
        case Tag.summedContent:
            _ = reader.getVarint()
            reader.skip(12)
        case Tag.moved:
            reader.skip(8)
            outline.newPath = reader.getSlice()
        case let tag where tag & ~3 == Tag.attribute:
            _ = reader.getSlice()
            if tag & 1 != 0 { _ = reader.getSlice() }
            if tag & 2 != 0 { _ = reader.getSlice() }
        default: return nil
        }
        return outline
    }
}
