internal import FoundationEssentials

/// Byte fields of messages with inline blocks as arrays.
extension Hadoop_Hdfs_GetBlockLocationsResponseProto {
    package var inlineBytesArray: [UInt8]? { hasInlineBytes ? [UInt8](inlineBytes) : nil }
}

extension Hfs_Datanode_ReadInlineResponse {
    package var bytesArray: [UInt8]? { hasBytes ? [UInt8](bytes) : nil }
    package mutating func setBytes(_ new: [UInt8]) { bytes = Data(new) }
}
