import Core

/// An event as `--json` prints it, one object a line. What does not apply is left out.
struct EventRecord: Encodable {
    private struct Attribute: Encodable {
        var name: String
        /// Text where the bytes are UTF-8, else `0x` and hexadecimal digits.
        var old: String?
        var new: String?
    }

    private var lsn: UInt64
    private var index: UInt32
    private var timeMs: Int64
    private var user: String
    private var run: String?
    private var address: String?
    private var callerContext: String?
    private var kind: String
    private var inode: UInt64
    private var parent: UInt64?
    private var path: String
    private var isDirectory: Bool
    private var text: String?
    private var length: UInt64?
    private var modifiedMs: Int64?
    private var checksum: UInt32?
    private var newPath: String?
    private var newParent: UInt64?
    private var attribute: Attribute?

    init(_ entry: FeedEntry) {
        lsn = entry.lsn.rawValue
        index = entry.index
        timeMs = entry.timeMs
        user = entry.user
        run = entry.run?.description
        address = entry.address.isEmpty ? nil : entry.address
        callerContext = entry.callerContext.isEmpty ? nil : entry.callerContext
        kind = "\(entry.event.kind)"
        inode = entry.event.inode.rawValue
        parent = entry.event.parent.rawValue == 0 ? nil : entry.event.parent.rawValue
        path = entry.event.path
        isDirectory = entry.event.isDirectory
        switch entry.event.change {
        case .none: break
        case .text(let text): self.text = text
        case .content(let length, let modifiedMs, let checksum):
            self.length = length
            self.modifiedMs = modifiedMs
            self.checksum = checksum
        case .moved(let parent, let path):
            newPath = path
            newParent = parent.rawValue == 0 ? nil : parent.rawValue
        case .attribute(let name, let old, let new):
            attribute = Attribute(name: name, old: old.map(Self.value), new: new.map(Self.value))
        }
    }

    private static func value(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self) ?? "0x\(Format.hex(bytes))"
    }
}
