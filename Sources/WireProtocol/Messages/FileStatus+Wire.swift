package import Core

/// HdfsFileStatusProto.
extension FileStatus: WireEncodable, WireDecodable {
    package var encodedSize: Int { encodedSize(locations: nil) }

    package func encode(to writer: inout WireWriter) { encode(to: &writer, locations: nil) }

    /// As `encodedSize`, with the file's block locations.
    package func encodedSize(locations: LocatedBlocks?) -> Int {
        withRawStatus { $0.encodedSize + (locations?.encodedSize(field: 12) ?? 0) }
    }

    /// As `encode(to:)`, with the file's block locations.
    package func encode(to writer: inout WireWriter, locations: LocatedBlocks?) {
        withRawStatus { $0.encode(to: &writer, locations: locations) }
    }

    /// Runs `body` on the status as it lies in memory; valid inside it.
    package func withRawStatus<R>(_ body: (RawFileStatus) -> R) -> R {
        var owner = owner
        var group = group
        return name.withUnsafeBytes { name in
            owner.withUTF8 { owner in
                group.withUTF8 { group in
                    body(
                        RawFileStatus(
                            kind: kind, name: name, inode: inode.rawValue, length: length, mode: mode,
                            owner: UnsafeRawBufferPointer(owner), group: UnsafeRawBufferPointer(group),
                            modifiedMs: modifiedMs, accessedMs: accessedMs, replication: replication,
                            blockSize: blockSize,
                            childrenCount: childrenCount, storagePolicy: storagePolicy, hasACL: hasACL))
                }
            }
        }
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var locations: LocatedBlocks?
        try self.init(from: &reader, locations: &locations)
    }

    /// Also hands out the block locations, when there are any. Throws `.unsupported` for a symbolic link.
    package init(from reader: inout WireReader, locations: inout LocatedBlocks?) throws(HFSError) {
        var fields = Fields()
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .varint): try fields.setKind(try reader.varint())
            case (2, .lengthDelimited): fields.name = try reader.byteArray()
            case (3, .varint): fields.length = try reader.varint()
            case (4, .lengthDelimited):
                fields.permission = try reader.embedded(Permission.self, replacing: fields.permission)
            case (5, .lengthDelimited): fields.owner = try reader.string()
            case (6, .lengthDelimited): fields.group = try reader.string()
            case (7, .varint): fields.modified = try reader.varint()
            case (8, .varint): fields.accessed = try reader.varint()
            case (10, .varint): fields.replication = try reader.uint32()
            case (11, .varint): fields.blockSize = try reader.varint()
            case (12, .lengthDelimited): locations = try reader.embedded(LocatedBlocks.self, replacing: locations)
            case (13, .varint): fields.inode = try reader.varint()
            case (14, .varint): fields.childrenCount = try reader.int32()
            case (16, .varint): fields.storagePolicy = try reader.uint32()
            case (18, .varint): fields.flags = try reader.uint32()
            case (19, .lengthDelimited): _ = try reader.string()
            default: try reader.skip(type)
            }
        }
        try self.init(fields)
    }

    private init(_ fields: Fields) throws(HFSError) {
        guard let kind = fields.kind, let name = fields.name, let length = fields.length,
            let permission = fields.permission, let owner = fields.owner, let group = fields.group,
            let modified = fields.modified, let accessed = fields.accessed
        else {
            throw WireReader.missing("fileType, path, length, permission, owner, group, modification_time, access_time")
        }
        guard let replication = UInt16(exactly: fields.replication) else {
            throw WireReader.malformed("replication \(fields.replication)")
        }
        guard kind != 3 else { throw Self.symlink }
        let hasACL = fields.flags.map { $0 & Self.aclFlag != 0 } ?? (permission.bits & 1 << 12 != 0)
        self.init(
            kind: kind == 1 ? .directory : .file, name: name, inode: InodeID(fields.inode), length: length,
            mode: FileMode(UInt16(truncatingIfNeeded: permission.bits)), owner: owner, group: group,
            modifiedMs: Int64(bitPattern: modified), accessedMs: Int64(bitPattern: accessed), replication: replication,
            blockSize: fields.blockSize, childrenCount: fields.childrenCount,
            storagePolicy: UInt8(truncatingIfNeeded: fields.storagePolicy), hasACL: hasACL)
    }

    /// FsPermissionProto with all its bits: servers before 3.0 mark ACLs in bit 12.
    private struct Permission: WireDecodable {
        let bits: UInt32

        init(from reader: inout WireReader) throws(HFSError) {
            var bits: UInt32?
            while let (number, type) = try reader.nextField() {
                if number == 1, type == .varint { bits = try reader.uint32() } else { try reader.skip(type) }
            }
            guard let bits else { throw WireReader.missing("perm") }
            self.bits = bits
        }
    }

    private struct Fields {
        var kind: Int32?
        var name: [UInt8]?
        var length: UInt64?
        var permission: Permission?
        var owner: String?
        var group: String?
        var modified: UInt64?
        var accessed: UInt64?
        var replication: UInt32 = 0
        var blockSize: UInt64 = 0
        var inode: UInt64 = 0
        var childrenCount: Int32 = -1
        var storagePolicy: UInt32 = 0
        var flags: UInt32?

        mutating func setKind(_ value: UInt64) throws(HFSError) {
            let number = Int32(truncatingIfNeeded: value)
            if (1...3).contains(number) { kind = number }
        }
    }
}
