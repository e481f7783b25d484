package import Core

/// LocatedBlockProto, with every field that a stock client needs to find.
extension LocatedBlock: WireEncodable, WireDecodable {
    /// TokenProto with its four required fields empty, where there is no token.
    private static let noToken: [UInt8] = [0x0a, 0, 0x12, 0, 0x1a, 0, 0x22, 0]

    package var encodedSize: Int {
        var size = block.encodedSize(field: 1) + WireSize.uint(2, offset) + WireSize.bool(4)
        size += token?.encodedSize(field: 5) ?? WireSize.delimited(5, Self.noToken.count)
        if !locations.isEmpty { size += WireSize.delimited(6, locations.count) }
        for location in locations {
            size += location.datanode.encodedSize(field: 3) + 2 + WireSize.string(8, location.storageID)
        }
        return size
    }

    package func encode(to writer: inout WireWriter) {
        block.encode(field: 1, to: &writer)
        writer.uint(2, offset)
        for location in locations { location.datanode.encode(field: 3, to: &writer) }
        writer.bool(4, isCorrupt)
        if let token {
            token.encode(field: 5, to: &writer)
        } else {
            writer.byteArray(5, Self.noToken)
        }
        if !locations.isEmpty {
            writer.header(6, count: locations.count)
            for _ in locations { writer.varint(0) }
        }
        for location in locations { writer.uint(7, UInt64(location.storageKind.rawValue)) }
        for location in locations { writer.string(8, location.storageID) }
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var block: Block?
        var offset: UInt64?
        var nodes: [DatanodeDescriptor] = []
        var isCorrupt: Bool?
        var hasToken = false
        var token: BlockAccessToken?
        var kinds: [StorageKind] = []
        var storageIDs: [String] = []
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): block = try reader.embedded(Block.self, replacing: block)
            case (2, .varint): offset = try reader.varint()
            case (3, .lengthDelimited): nodes.append(try reader.embedded(DatanodeDescriptor.self, replacing: nil))
            case (4, .varint): isCorrupt = try reader.bool()
            case (5, .lengthDelimited):
                guard !hasToken else { throw WireReader.malformed("an embedded message twice") }
                var fields = try reader.message()
                token = try Self.token(&fields)
                hasToken = true
            case (7, .varint): Self.append(try reader.varint(), to: &kinds)
            case (7, .lengthDelimited):
                var packed = try reader.message()
                while !packed.isAtEnd { Self.append(try packed.varint(), to: &kinds) }
            case (8, .lengthDelimited): storageIDs.append(try reader.string())
            default: try reader.skip(type)
            }
        }
        guard let block, let offset, let isCorrupt, hasToken else {
            throw WireReader.missing("b, offset, corrupt, blockToken")
        }
        var locations: [Location] = []
        locations.reserveCapacity(nodes.count)
        for (index, node) in nodes.enumerated() {
            locations.append(
                Location(
                    datanode: node, storageID: index < storageIDs.count ? storageIDs[index] : "",
                    storageKind: index < kinds.count ? kinds[index] : .disk))
        }
        self.init(block: block, offset: offset, locations: locations, isCorrupt: isCorrupt, token: token)
    }

    private static func append(_ value: UInt64, to kinds: inout [StorageKind]) {
        // Enums are 32 bits on the wire; numbers that nobody has given out are passed over.
        let number = Int(Int32(truncatingIfNeeded: value))
        if let proto = Hadoop_Hdfs_StorageTypeProto(rawValue: number) { kinds.append(StorageKind(proto)) }
    }

    /// nil for an empty one and for one of another kind.
    private static func token(_ reader: inout WireReader) throws(HFSError) -> BlockAccessToken? {
        var seen: UInt32 = 0
        var token = BlockAccessToken(identifier: [], password: [])
        var kind = ""
        while let (number, type) = try reader.nextField() {
            guard (1...4).contains(number), type == .lengthDelimited else {
                try reader.skip(type)
                continue
            }
            switch number {
            case 1: token.identifier = try reader.byteArray()
            case 2: token.password = try reader.byteArray()
            case 3: kind = try reader.string()
            default: _ = try reader.string()
            }
            seen |= 1 << number
        }
        guard seen == 0b11110 else { throw WireReader.missing("identifier, password, kind, service") }
        return token.identifier.isEmpty || kind != BlockAccessToken.kind ? nil : token
    }
}
