import Core
import MetaStore
import NIOCore
import SwiftProtobuf
import WireProtocol

extension Answer {
    func wireBytes() -> [UInt8] {
        var buffer = ByteBuffer()
        body.encode(into: &buffer)
        return Array(buffer.readableBytesView)
    }
}

extension Answer.Body {
    /// Appends the response message's body.
    func encode(into buffer: inout ByteBuffer) {
        switch self {
        case .empty: break
        case .result(let value): BooleanResponse(value).encode(into: &buffer)
        case .status(let status): FileInfoResponse(status: status).encode(into: &buffer)
        case .appended(let status): FieldMessage(field: 2, value: status).encode(into: &buffer)
        case .block(let allocated):
            let block = LocatedBlock(block: allocated.block, offset: allocated.offset, locations: allocated.targets)
            FieldMessage(field: 1, value: block).encode(into: &buffer)
        case .stamp(let block):
            let located = LocatedBlock(block: block, offset: .max, locations: [])
            FieldMessage(field: 1, value: located).encode(into: &buffer)
        case .run(let run):
            var message = Hfs_Filesystem_EndRunResponse()
            message.run = run.proto
            Self.encode(message, into: &buffer)
        case .started(let run, let token):
            var message = Hfs_Filesystem_StartRunResponse()
            message.run = run.proto
            message.tokenIdentifier = token.proto.identifier
            message.tokenPassword = token.proto.password
            Self.encode(message, into: &buffer)
        case .token(let token):
            var message = Hadoop_Common_GetDelegationTokenResponseProto()
            message.token = token.proto
            Self.encode(message, into: &buffer)
        case .expiry(let expiresMs):
            var message = Hadoop_Common_RenewDelegationTokenResponseProto()
            message.newExpiryTime = UInt64(bitPattern: expiresMs)
            Self.encode(message, into: &buffer)
        case .compared(let isSet, let current):
            ComparedResponse(isSet: isSet, current: current).encode(into: &buffer)
        case .published(let path, let version):
            PublishedResponse(path: path, version: version).encode(into: &buffer)
        }
    }

    private static func encode<M: Message>(_ message: M, into buffer: inout ByteBuffer) {
        guard let bytes = try? MessageCoding.encode(message) else {
            preconditionFailure("\(M.protoMessageName) lacks a required field")
        }
        buffer.writeBytes(bytes)
    }
}

/// The body of `CompareAndSetAttributeResponse`.
struct ComparedResponse: WireEncodable {
    var isSet: Bool
    var current: [UInt8]?

    var encodedSize: Int { WireSize.bool(1) + (current.map { WireSize.delimited(2, $0.count) } ?? 0) }

    func encode(to writer: inout WireWriter) {
        writer.bool(1, isSet)
        if let current { writer.byteArray(2, current) }
    }
}

/// The body of `PublishResponse`.
struct PublishedResponse: WireEncodable {
    var path: String
    var version: UInt64

    var encodedSize: Int { WireSize.string(1, path) + WireSize.uint(2, version) }

    func encode(to writer: inout WireWriter) {
        writer.string(1, path)
        writer.uint(2, version)
    }
}

/// A message with one embedded message.
struct FieldMessage<Value: WireEncodable>: WireEncodable {
    var field: Int
    var value: Value

    var encodedSize: Int { value.encodedSize(field: field) }
    func encode(to writer: inout WireWriter) { value.encode(field: field, to: &writer) }
}
