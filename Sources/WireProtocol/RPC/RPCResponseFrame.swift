package import Core
package import NIOCore

/// One response frame, taken apart by the caller's side.
package struct RPCResponseFrame: Sendable {
    package enum Status: UInt32, Sendable {
        case success = 0
        case error = 1
        /// The server closes the connection: every call on it has failed.
        case fatal = 2
    }

    /// Ids below 0 stand for the special frames of `RPCCallID`.
    package var callID: Int32
    package var status: Status
    /// The message without its length. Empty in an error.
    package var body: ByteBuffer
    /// Java class and text of an error.
    package var errorClass: String
    package var errorMessage: String
    /// RpcErrorCodeProto; 0 when the server did not say.
    package var errorDetail: UInt32

    /// Takes a frame (without its length) apart. Throws `.malformedRequest`; the connection cannot go on then.
    package init(decoding frame: ByteBuffer) throws(HFSError) {
        var partial = Self(
            callID: 0, status: .success, body: ByteBuffer(), errorClass: "", errorMessage: "", errorDetail: 0)
        let range: Range<Int>? = try frame.withWireReader { (reader) throws(HFSError) in
            let header = try reader.delimited()
            // Errors carry a stack trace, so no more than the frame's own limit bounds them.
            var fields = WireReader(header)
            try partial.readHeader(&fields)
            guard partial.status == .success else { return nil }
            let length = try reader.delimited().count
            return reader.offset - length..<reader.offset
        }
        if let range, let body = frame.getSlice(at: frame.readerIndex + range.lowerBound, length: range.count) {
            partial.body = body
        }
        self = partial
    }

    private init(
        callID: Int32, status: Status, body: ByteBuffer, errorClass: String, errorMessage: String, errorDetail: UInt32
    ) {
        self.callID = callID
        self.status = status
        self.body = body
        self.errorClass = errorClass
        self.errorMessage = errorMessage
        self.errorDetail = errorDetail
    }

    private mutating func readHeader(_ reader: inout WireReader) throws(HFSError) {
        var hasCallID = false
        var hasStatus = false
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .varint):
                callID = Int32(bitPattern: try reader.uint32())
                hasCallID = true
            case (2, .varint):
                let value = try reader.uint32()
                guard let status = Status(rawValue: value) else { throw WireReader.malformed("RPC status \(value)") }
                self.status = status
                hasStatus = true
            case (4, .lengthDelimited): errorClass = try reader.string()
            case (5, .lengthDelimited): errorMessage = try reader.string()
            case (6, .varint): errorDetail = try reader.uint32()
            default: try reader.skip(type)
            }
        }
        guard hasCallID, hasStatus else { throw WireReader.missing("callId, status") }
    }

    /// What the server refused the call with, without Java's stack trace; nil for a success.
    package var error: HFSError? {
        guard status != .success else { return nil }
        let code = HFSError.Code(javaClass: errorClass)
        var message = errorMessage[...]
        if let trace = message.firstRange(of: "\n\tat ") { message = message[..<trace.lowerBound] }
        if code == .remote, errorClass != "java.io.IOException", !errorClass.isEmpty {
            return HFSError(.remote, "\(errorClass): \(message)")
        }
        return HFSError(code, String(message))
    }
}
