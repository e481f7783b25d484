/// One response as far as the generator looks at it: which call, whether it succeeded, and the message's bytes.
struct Response {
    let callID: Int
    let isSuccess: Bool
    /// The response message, or for an error the whole header.
    let body: UnsafeRawBufferPointer

    /// Takes a frame (without its length word) apart; nil when it is not a Hadoop RPC response.
    init?(frame: UnsafeRawBufferPointer) {
        var reader = FieldReader(frame)
        guard let headerLength = reader.varint(), let header = reader.take(Int(headerLength)) else { return nil }
        var fields = FieldReader(header)
        var callID: UInt64 = .max
        var status: UInt64 = .max
        while status == .max, let field = fields.next() {
            if field.number == 1 { callID = field.value }
            if field.number == 2 { status = field.value }
        }
        guard callID != .max, status != .max else { return nil }
        self.callID = Int(UInt32(truncatingIfNeeded: callID))
        isSuccess = status == 0
        if isSuccess {
            guard let length = reader.varint(), let message = reader.take(Int(length)) else { return nil }
            body = message
        } else {
            body = header
        }
    }

    /// The answer of the calls that answer with one boolean.
    var isTrue: Bool { body.count == 2 && body[0] == 8 && body[1] == 1 }

    /// Class and first line of the server's error.
    var errorText: String {
        var fields = FieldReader(body)
        var text = ""
        while let field = fields.next() {
            guard field.number == 4 || field.number == 5, let bytes = field.bytes else { continue }
            text += (text.isEmpty ? "" : ": ") + String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" }
        }
        return text
    }
}
