package import Core

/// create.
package struct CreateRequest: Hashable, Sendable, WireEncodable, WireDecodable {
    /// Bits of `flags`, with HDFS's numbers.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) { self.rawValue = rawValue }

        package static let create = Flags(rawValue: 0x01)
        package static let overwrite = Flags(rawValue: 0x02)
        package static let append = Flags(rawValue: 0x04)
        package static let lazyPersist = Flags(rawValue: 0x10)
        package static let newBlock = Flags(rawValue: 0x20)
        package static let shouldReplicate = Flags(rawValue: 0x80)
    }

    package var path: String
    /// With the client's umask applied.
    package var mode: FileMode
    /// The lease holder.
    package var clientName: String
    package var flags: Flags
    package var createsParents: Bool
    package var replication: UInt32
    /// Bytes.
    package var blockSize: UInt64
    /// Without the umask; counts below a default ACL.
    package var unmaskedMode: FileMode?
    /// Names of policies; empty where the client does not say.
    package var erasureCodingPolicy: String
    package var storagePolicy: String

    package init(
        path: String, mode: FileMode, clientName: String, flags: Flags, createsParents: Bool, replication: UInt32,
        blockSize: UInt64, unmaskedMode: FileMode? = nil, erasureCodingPolicy: String = "", storagePolicy: String = ""
    ) {
        self.path = path
        self.mode = mode
        self.clientName = clientName
        self.flags = flags
        self.createsParents = createsParents
        self.replication = replication
        self.blockSize = blockSize
        self.unmaskedMode = unmaskedMode
        self.erasureCodingPolicy = erasureCodingPolicy
        self.storagePolicy = storagePolicy
    }

    package var encodedSize: Int {
        var size = WireSize.string(1, path) + mode.encodedSize(field: 2) + WireSize.string(3, clientName)
        size += WireSize.uint(4, UInt64(flags.rawValue)) + WireSize.bool(5)
        size += WireSize.uint(6, UInt64(replication)) + WireSize.uint(7, blockSize)
        if let unmaskedMode { size += unmaskedMode.encodedSize(field: 9) }
        if !erasureCodingPolicy.isEmpty { size += WireSize.string(10, erasureCodingPolicy) }
        if !storagePolicy.isEmpty { size += WireSize.string(11, storagePolicy) }
        return size
    }

    package func encode(to writer: inout WireWriter) {
        writer.string(1, path)
        mode.encode(field: 2, to: &writer)
        writer.string(3, clientName)
        writer.uint(4, UInt64(flags.rawValue))
        writer.bool(5, createsParents)
        writer.uint(6, UInt64(replication))
        writer.uint(7, blockSize)
        unmaskedMode?.encode(field: 9, to: &writer)
        if !erasureCodingPolicy.isEmpty { writer.string(10, erasureCodingPolicy) }
        if !storagePolicy.isEmpty { writer.string(11, storagePolicy) }
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var path: String?
        var mode: FileMode?
        var clientName: String?
        var flags: UInt32?
        var createsParents: Bool?
        var replication: UInt32?
        var blockSize: UInt64?
        var unmaskedMode: FileMode?
        var policies = (erasureCoding: "", storage: "")
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): path = try reader.path()
            case (2, .lengthDelimited): mode = try reader.embedded(FileMode.self, replacing: mode)
            case (3, .lengthDelimited): clientName = try reader.string()
            case (4, .varint): flags = try reader.uint32()
            case (5, .varint): createsParents = try reader.bool()
            case (6, .varint): replication = try reader.uint32()
            case (7, .varint): blockSize = try reader.varint()
            case (9, .lengthDelimited): unmaskedMode = try reader.embedded(FileMode.self, replacing: unmaskedMode)
            case (10, .lengthDelimited): policies.erasureCoding = try reader.string()
            case (11, .lengthDelimited): policies.storage = try reader.string()
            default: try reader.skip(type)
            }
        }
        guard let path, let mode, let clientName, let flags, let createsParents, let replication, let blockSize else {
            throw WireReader.missing("src, masked, clientName, createFlag, createParent, replication, blockSize")
        }
        self.init(
            path: path, mode: mode, clientName: clientName, flags: Flags(rawValue: flags),
            createsParents: createsParents,
            replication: replication, blockSize: blockSize, unmaskedMode: unmaskedMode,
            erasureCodingPolicy: policies.erasureCoding, storagePolicy: policies.storage)
    }
}
