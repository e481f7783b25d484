package import Core

extension LocatedBlocks {
    /// Throws `.malformedRequest`.
    package init(_ proto: Hadoop_Hdfs_LocatedBlocksProto) throws(HFSError) {
        var blocks: [LocatedBlock] = []
        blocks.reserveCapacity(proto.blocks.count)
        for block in proto.blocks { blocks.append(try LocatedBlock(block)) }
        self.init(
            fileLength: proto.fileLength, blocks: blocks, isUnderConstruction: proto.underConstruction,
            lastBlock: proto.hasLastBlock ? try LocatedBlock(proto.lastBlock) : nil,
            isLastBlockComplete: proto.isLastBlockComplete)
    }

    package var proto: Hadoop_Hdfs_LocatedBlocksProto {
        var proto = Hadoop_Hdfs_LocatedBlocksProto()
        proto.fileLength = fileLength
        proto.blocks = blocks.map(\.proto)
        proto.underConstruction = isUnderConstruction
        if let lastBlock { proto.lastBlock = lastBlock.proto }
        proto.isLastBlockComplete = isLastBlockComplete
        return proto
    }
}
