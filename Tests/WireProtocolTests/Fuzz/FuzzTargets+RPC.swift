import Core
import NIOCore

@testable import WireProtocol

extension FuzzTarget {
    /// Everything on an RPC connection, in the layers of a server and of a client.
    static let rpc: [FuzzTarget] = [
        FuzzTarget(
            name: "rpc-stream",
            inputs: [
                Golden.javaOpening + Golden.getFileInfo + Golden.getListing,
                RPCPreface.bytes(.sasl) + Golden.saslNegotiate + Golden.saslInitiateSimple,
                Array("GET / HTTP/1.1\r\n".utf8),
            ]
        ) { bytes in
            var stream = ByteBuffer(bytes: bytes)
            guard case .accepted = RPCPreface.parse(&stream) else { throw HFSError(.malformedRequest, "preface") }
            var decoder = RPCRequestDecoder()
            while let frame = try RPCFraming.nextFrame(from: &stream) { try request(frame, &decoder) }
        },
        FuzzTarget(
            name: "rpc-request",
            inputs: [
                Array(Golden.javaOpening.dropFirst(11)), Array(Golden.getFileInfo.dropFirst(4)),
                Array(Golden.getListing.dropFirst(4)), Array(Golden.saslNegotiate.dropFirst(4)),
                Array(Golden.saslInitiateSimple.dropFirst(4)),
            ]
        ) { bytes in
            var decoder = RPCRequestDecoder()
            try request(ByteBuffer(bytes: bytes), &decoder)
        },
        FuzzTarget(name: "rpc-response", inputs: responseFrames) { bytes in
            let frame = try RPCResponseFrame(decoding: ByteBuffer(bytes: bytes))
            guard (frame.status == .success) == (frame.error == nil) else { throw FuzzFinding("an error that is none") }
            let header = try bytes.withUnsafeBytes {
                try Delimited.decode(Hadoop_Common_RpcResponseHeaderProto.self, from: $0, bytesMax: bytes.count)
            }
            guard let header = header?.message else { throw FuzzFinding("taken without a header") }
            guard header.callID == UInt32(bitPattern: frame.callID), header.errorMsg == frame.errorMessage,
                header.exceptionClassName == frame.errorClass, header.status.rawValue == Int(frame.status.rawValue)
            else { throw FuzzFinding("the generated header says \(header)") }
        },
        FuzzTarget(
            name: "rpc-sasl", inputs: [hex("1001"), hex("1002220a0a0653494d504c451200"), hex("1000 1a03 616263")]
        ) { bytes in
            let message = try MessageCoding.decode(Hadoop_Common_RpcSaslProto.self, from: bytes)
            _ = RPCSasl.choosesSimple(message)
        },
    ]

    private static var responseFrames: [[UInt8]] {
        var error = ByteBuffer()
        RPCResponseEncoder(callID: 7, clientID: Golden.javaClientID, retryCount: 0)
            .encode(error: HFSError(.fileNotFound, "File does not exist: /a"), into: &error)
        return [Golden.fileInfoAnswer, Golden.listingAnswer, Array(error.readableBytesView)].map {
            Array($0.dropFirst(4))
        }
    }

    /// A request frame, as a server treats it, beside the generated header.
    private static func request(_ frame: ByteBuffer, _ decoder: inout RPCRequestDecoder) throws {
        let request = try decoder.decode(frame)
        let bytes = Array(frame.readableBytesView)
        let header = bytes.withUnsafeBytes { memory in
            (try? Delimited.decode(Hadoop_Common_RpcRequestHeaderProto.self, from: memory))?.message
        }
        if let header,
            header.callID != request.callID || Array(header.clientID) != request.clientID
                || header.retryCount != request.retryCount
        {
            throw FuzzFinding("the generated header says \(header)")
        }
        switch request.callID {
        case RPCCallID.connectionContext: _ = try request.connectionContext()
        case RPCCallID.sasl: _ = RPCSasl.choosesSimple(try request.sasl())
        case 0...:
            try FuzzTarget.requests.first { $0.name == request.method }?.decode(Array(request.body.readableBytesView))
        default: break
        }
    }
}
