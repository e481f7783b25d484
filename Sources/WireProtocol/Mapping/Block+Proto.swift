package import Core

extension Block {
    /// Throws `.malformedRequest` for a length that no file can have.
    package init(_ proto: Hadoop_Hdfs_ExtendedBlockProto) throws(HFSError) {
        guard proto.numBytes <= UInt64(Int64.max) else { throw WireReader.malformed("block length \(proto.numBytes)") }
        self.init(
            poolID: proto.poolID, id: BlockID(proto.blockID), generationStamp: GenerationStamp(proto.generationStamp),
            length: proto.numBytes)
    }

    /// With the length also when it is 0: hdfs-native needs it to be present.
    package var proto: Hadoop_Hdfs_ExtendedBlockProto {
        var proto = Hadoop_Hdfs_ExtendedBlockProto()
        proto.poolID = poolID
        proto.blockID = id.rawValue
        proto.generationStamp = generationStamp.rawValue
        proto.numBytes = length
        return proto
    }
}
