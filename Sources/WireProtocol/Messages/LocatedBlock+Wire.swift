package import Core

/// LocatedBlockProto, with every field that a stock client needs to find.
extension LocatedBlock: WireEncodable, WireDecodable {
    /// TokenProto with its four required fields empty.
    private static let tokenBytes: [UInt8] = [0x0a, 0, 0x12, 0, 0x1a, 0, 0x22, 0]

    package var encodedSize: Int {
        var size = block.encodedSize(field: 1) + WireSize.uint(2, offset) + WireSize.bool(4)
        size += WireSize.delimited(5, Self.tokenBytes.count)
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
        writer.byteArray(5, Self.tokenBytes)
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
                var token = try reader.message()
                try Self.check(token: &token)
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
        self.init(block: block, offset: offset, locations: locations, isCorrupt: isCorrupt)
    }

    private static func append(_ value: UInt64, to kinds: inout [StorageKind]) {
        // Enums are 32 bits on the wire; numbers that nobody has given out are passed over.
        let number = Int(Int32(truncatingIfNeeded: value))
        if let proto = Hadoop_Hdfs_StorageTypeProto(rawValue: number) { kinds.append(StorageKind(proto)) }
    }

    private static func check(token reader: inout WireReader) throws(HFSError) {
        var seen: UInt32 = 0
        while let (number, type) = try reader.nextField() {
            if (1...4).contains(number), type == .lengthDelimited {
                // The last two are texts.
                if number > 2 { _ = try reader.string() } else { _ = try reader.delimited() }
                seen |= 1 << number
            } else {
                try reader.skip(type)
            }
        }
        guard seen == 0b11110 else { throw WireReader.missing("identifier, password, kind, service") }
    }
}
