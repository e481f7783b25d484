package import Core

/// DatanodeInfoProto with identity, location and the normal administrative state.
extension DatanodeDescriptor: WireEncodable, WireDecodable {
    package var encodedSize: Int { WireSize.delimited(1, identitySize) + WireSize.string(8, location) + 2 }

    private var identitySize: Int {
        WireSize.string(1, address) + WireSize.string(2, hostName) + WireSize.string(3, uuid)
            + WireSize.uint(4, UInt64(transferPort)) + WireSize.uint(5, UInt64(httpPort))
            + WireSize.uint(6, UInt64(rpcPort))
    }

    package func encode(to writer: inout WireWriter) {
        writer.header(1, count: identitySize)
        writer.string(1, address)
        writer.string(2, hostName)
        writer.string(3, uuid)
        writer.uint(4, UInt64(transferPort))
        writer.uint(5, UInt64(httpPort))
        writer.uint(6, UInt64(rpcPort))
        writer.string(8, location)
        writer.uint(10, 0)
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var identity: Identity?
        var location = ""
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): identity = try reader.embedded(Identity.self, replacing: identity)
            case (8, .lengthDelimited): location = try reader.string()
            default: try reader.skip(type)
            }
        }
        guard let identity else { throw WireReader.missing("id") }
        self.init(
            uuid: identity.uuid, address: identity.address, hostName: identity.hostName,
            transferPort: try Self.port(identity.transferPort), httpPort: try Self.port(identity.httpPort),
            rpcPort: try Self.port(identity.rpcPort), location: location.isEmpty ? Self.defaultLocation : location)
    }

    /// DatanodeIDProto.
    private struct Identity: WireDecodable {
        let address: String
        let hostName: String
        let uuid: String
        let transferPort: UInt32
        let httpPort: UInt32
        let rpcPort: UInt32

        init(from reader: inout WireReader) throws(HFSError) {
            var texts: (address: String?, hostName: String?, uuid: String?)
            var ports: (transfer: UInt32?, http: UInt32?, rpc: UInt32?)
            while let (number, type) = try reader.nextField() {
                switch (number, type) {
                case (1, .lengthDelimited): texts.address = try reader.string()
                case (2, .lengthDelimited): texts.hostName = try reader.string()
                case (3, .lengthDelimited): texts.uuid = try reader.string()
                case (4, .varint): ports.transfer = try reader.uint32()
                case (5, .varint): ports.http = try reader.uint32()
                case (6, .varint): ports.rpc = try reader.uint32()
                default: try reader.skip(type)
                }
            }
            guard let address = texts.address, let hostName = texts.hostName, let uuid = texts.uuid,
                let transferPort = ports.transfer, let httpPort = ports.http, let rpcPort = ports.rpc
            else { throw WireReader.missing("ipAddr, hostName, datanodeUuid, xferPort, infoPort, ipcPort") }
            self.address = address
            self.hostName = hostName
            self.uuid = uuid
            self.transferPort = transferPort
            self.httpPort = httpPort
            self.rpcPort = rpcPort
        }
    }
}
