package import Core

/// LocatedBlocksProto.
extension LocatedBlocks: WireEncodable, WireDecodable {
    package var encodedSize: Int {
        var size = WireSize.uint(1, fileLength) + WireSize.bool(3) + WireSize.bool(5)
        for block in blocks { size += block.encodedSize(field: 2) }
        if let lastBlock { size += lastBlock.encodedSize(field: 4) }
        return size
    }

    package func encode(to writer: inout WireWriter) {
        writer.uint(1, fileLength)
        for block in blocks { block.encode(field: 2, to: &writer) }
        writer.bool(3, isUnderConstruction)
        if let lastBlock { lastBlock.encode(field: 4, to: &writer) }
        writer.bool(5, isLastBlockComplete)
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var fileLength: UInt64?
        var blocks: [LocatedBlock] = []
        var isUnderConstruction: Bool?
        var lastBlock: LocatedBlock?
        var isLastBlockComplete: Bool?
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .varint): fileLength = try reader.varint()
            case (2, .lengthDelimited): blocks.append(try reader.embedded(LocatedBlock.self, replacing: nil))
            case (3, .varint): isUnderConstruction = try reader.bool()
            case (4, .lengthDelimited): lastBlock = try reader.embedded(LocatedBlock.self, replacing: lastBlock)
            case (5, .varint): isLastBlockComplete = try reader.bool()
            default: try reader.skip(type)
            }
        }
        guard let fileLength, let isUnderConstruction, let isLastBlockComplete else {
            throw WireReader.missing("fileLength, underConstruction, isLastBlockComplete")
        }
        self.init(
            fileLength: fileLength, blocks: blocks, isUnderConstruction: isUnderConstruction, lastBlock: lastBlock,
            isLastBlockComplete: isLastBlockComplete)
    }
}
