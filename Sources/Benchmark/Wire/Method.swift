/// A method of ClientProtocol, or of hfs's own protocol, with its request header ready to send.
struct Method: Sendable {
    static let protocolName = "org.apache.hadoop.hdfs.protocol.ClientProtocol"

    let name: String
    /// `RequestHeaderProto`, preceded by its length.
    let delimitedHeader: [UInt8]

    init(_ name: String, of protocolName: String = Self.protocolName) {
        self.name = name
        var header: [UInt8] = []
        FrameWriter.appendField(1, name, to: &header)
        FrameWriter.appendField(2, protocolName, to: &header)
        header += [0x18, 1]
        precondition(header.count < 0x80)
        delimitedHeader = [UInt8(header.count)] + header
    }

    static let getFileInfo = Method("getFileInfo")
    static let getBlockLocations = Method("getBlockLocations")
    static let getListing = Method("getListing")
    static let mkdirs = Method("mkdirs")
    static let create = Method("create")
    static let addBlock = Method("addBlock")
    static let complete = Method("complete")
    static let rename = Method("rename")
    static let delete = Method("delete")
    static let setOwner = Method("setOwner")
    static let setPermission = Method("setPermission")
    static let setReplication = Method("setReplication")
    static let setXAttr = Method("setXAttr")
    static let createInline = Method("createInline", of: "hfs.FileSystemProtocol")
    static let find = Method("find", of: "hfs.FileSystemProtocol")
}
