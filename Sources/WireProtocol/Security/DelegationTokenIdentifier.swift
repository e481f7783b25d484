package import Core

/// The public part of a delegation token (HDFS `DelegationTokenIdentifier`): clients parse it and send it back.
package struct DelegationTokenIdentifier: Hashable, Sendable {
    package var owner: String
    package var renewer: String
    package var realUser: String
    /// Milliseconds since 1970.
    package var issuedMs: Int64
    package var maxMs: Int64
    package var number: UInt32
    package var keyID: UInt32

    private static let version: UInt8 = 0

    package init(
        owner: String, renewer: String, realUser: String = "", issuedMs: Int64, maxMs: Int64, number: UInt32,
        keyID: UInt32
    ) {
        self.owner = owner
        self.renewer = renewer
        self.realUser = realUser
        self.issuedMs = issuedMs
        self.maxMs = maxMs
        self.number = number
        self.keyID = keyID
    }

    /// Throws `.malformedRequest`.
    package init(bytes: [UInt8]) throws(HFSError) {
        var reader = HadoopReader(bytes)
        let version = try reader.byte()
        owner = try reader.text()
        renewer = try reader.text()
        realUser = try reader.text()
        issuedMs = try reader.number()
        maxMs = try reader.number()
        guard version == Self.version, let number = UInt32(exactly: try reader.number()),
            let keyID = UInt32(exactly: try reader.number()), reader.isAtEnd
        else { throw HFSError(.malformedRequest, "Not the identifier of a delegation token") }
        self.number = number
        self.keyID = keyID
    }

    package var bytes: [UInt8] {
        var writer = HadoopWriter()
        writer.byte(Self.version)
        writer.text(owner)
        writer.text(renewer)
        writer.text(realUser)
        writer.number(issuedMs)
        writer.number(maxMs)
        writer.number(Int64(number))
        writer.number(Int64(keyID))
        return writer.bytes
    }
}
