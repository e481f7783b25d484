package import Core

/// ExtendedBlockProto.
extension Block: WireEncodable, WireDecodable {
    package var encodedSize: Int {
        WireSize.string(1, poolID) + WireSize.uint(2, id.rawValue) + WireSize.uint(3, generationStamp.rawValue)
            + WireSize.uint(4, length)
    }

    package func encode(to writer: inout WireWriter) {
        writer.string(1, poolID)
        writer.uint(2, id.rawValue)
        writer.uint(3, generationStamp.rawValue)
        writer.uint(4, length)
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var poolID: String?
        var id: UInt64?
        var generationStamp: UInt64?
        var length: UInt64 = 0
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): poolID = try reader.string()
            case (2, .varint): id = try reader.varint()
            case (3, .varint): generationStamp = try reader.varint()
            case (4, .varint): length = try reader.varint()
            default: try reader.skip(type)
            }
        }
        guard let poolID, let id, let generationStamp else {
            throw WireReader.missing("poolId, blockId, generationStamp")
        }
        guard length <= UInt64(Int64.max) else { throw WireReader.malformed("block length \(length)") }
        self.init(
            poolID: poolID, id: BlockID(id), generationStamp: GenerationStamp(generationStamp), length: length)
    }
}
