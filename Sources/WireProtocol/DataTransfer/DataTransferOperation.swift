package import Core
package import SwiftProtobuf

/// What a connection to a datanode's transfer port asks for: version, operation, then a delimited message.
package enum DataTransferOperation: UInt8, Sendable {
    case writeBlock = 80
    case readBlock = 81
    case readMetadata = 82
    case replaceBlock = 83
    case copyBlock = 84
    case blockChecksum = 85
    case transferBlock = 86
    case requestShortCircuit = 87
    case releaseShortCircuit = 88
    case requestShortCircuitMemory = 89
    case blockGroupChecksum = 90
    case custom = 127

    package static let version: UInt16 = 28
    /// Bytes before the message.
    package static let headerBytes = 3
    /// A handshake comes first when a connection opens with these four bytes (big-endian).
    package static let handshakeMagic: UInt32 = 0xdead_beef

    /// Reads the three bytes before the message. Throws `.versionMismatch` and `.unsupported`; the connection closes.
    package init(header: (UInt8, UInt8, UInt8)) throws(HFSError) {
        let version = UInt16(header.0) << 8 | UInt16(header.1)
        guard version == Self.version else {
            throw HFSError(.versionMismatch, "data transfer version \(version), expected \(Self.version)")
        }
        guard let operation = Self(rawValue: header.2) else {
            throw HFSError(.unsupported, "unknown data transfer operation \(header.2)")
        }
        self = operation
    }

    /// Header and delimited message, to be sent in one write. Throws `.malformedRequest` for an incomplete message.
    package func encode(_ message: some Message) throws(HFSError) -> [UInt8] {
        [UInt8(Self.version >> 8), UInt8(Self.version & 0xff), rawValue] + (try Delimited.encode(message))
    }
}
