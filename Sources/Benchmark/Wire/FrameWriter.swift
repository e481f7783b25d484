import Glibc

/// Builds Hadoop RPC request frames by hand into one growing buffer, several frames to a send. Not thread-safe.
///
/// Hand-written so that the generator stays lighter than any server it measures: no protobuf objects, no allocation per call.
struct FrameWriter {
    private(set) var bytes: [UInt8] = []
    private let clientID: [UInt8]
    private var frameStart = 0

    init(clientID: [UInt8]) {
        precondition(clientID.count == 16, "a Hadoop client id has 16 bytes")
        self.clientID = clientID
        bytes.reserveCapacity(256 << 10)
    }

    var isEmpty: Bool { bytes.isEmpty }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// The preface and the connection context that come before the first call.
    mutating func appendPreface(user: String) {
        bytes += Array("hrpc".utf8) + [9, 0, 0]
        appendContext(user: user)
    }

    /// What was built elsewhere.
    mutating func append(_ other: [UInt8]) { bytes += other }

    /// The connection context; names no user where a token has said who it is.
    mutating func appendContext(user: String?) {
        begin()
        var header = rpcHeaderPrefix
        header += [0x18, 5, 0x22, 16] + clientID + [0x28, 1]
        appendDelimited(header)
        var context: [UInt8] = []
        if let user {
            var userInfo: [UInt8] = []
            Self.appendField(1, user, to: &userInfo)
            Self.appendField(2, userInfo, to: &context)
        }
        Self.appendField(3, Method.protocolName, to: &context)
        appendDelimited(context)
        end()
    }

    /// One call; `message` appends the request's fields.
    mutating func appendCall(_ method: Method, callID: Int, message: (inout FrameWriter) -> Void) {
        begin()
        let zigzag = UInt64(callID) << 1
        bytes.append(UInt8(4 + 1 + Self.varintSize(zigzag) + 2 + 16 + 2))
        bytes += rpcHeaderPrefix
        bytes.append(0x18)
        appendVarint(zigzag)
        bytes += [0x22, 16]
        bytes += clientID
        bytes += [0x28, 0]
        bytes += method.delimitedHeader
        let lengthAt = bytes.count
        bytes += [0, 0]
        message(&self)
        patchMessageLength(at: lengthAt)
        end()
    }

    mutating func field(_ number: Int, _ value: UInt64) {
        appendVarint(UInt64(number << 3))
        appendVarint(value)
    }

    mutating func field(_ number: Int, _ text: String) {
        appendVarint(UInt64(number << 3 | 2))
        var text = text
        text.withUTF8 {
            appendVarint(UInt64($0.count))
            bytes.append(contentsOf: $0)
        }
    }

    mutating func field(_ number: Int, _ value: [UInt8]) {
        appendVarint(UInt64(number << 3 | 2))
        appendVarint(UInt64(value.count))
        bytes += value
    }

    private var rpcHeaderPrefix: [UInt8] { [0x08, 2, 0x10, 0] }

    private mutating func begin() {
        frameStart = bytes.count
        bytes += [0, 0, 0, 0]
    }

    private mutating func end() {
        let length = UInt32(bytes.count - frameStart - 4)
        for i in 0..<4 { bytes[frameStart + i] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(i))) }
    }

    /// The message's length was kept two bytes of room: a varint may be padded, but HDFS's parsers take any length, and a
    /// request of this generator is shorter than 16 KiB.
    private mutating func patchMessageLength(at index: Int) {
        let length = bytes.count - index - 2
        precondition(length < 1 << 14, "request longer than its length field")
        bytes[index] = UInt8(length & 0x7f) | 0x80
        bytes[index + 1] = UInt8(length >> 7)
    }

    private mutating func appendDelimited(_ message: [UInt8]) {
        appendVarint(UInt64(message.count))
        bytes += message
    }

    private mutating func appendVarint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    static func varintSize(_ value: UInt64) -> Int { max(1, (64 - value.leadingZeroBitCount + 6) / 7) }

    static func appendField(_ number: Int, _ text: String, to bytes: inout [UInt8]) {
        appendField(number, Array(text.utf8), to: &bytes)
    }

    static func appendField(_ number: Int, _ value: [UInt8], to bytes: inout [UInt8]) {
        precondition(value.count < 1 << 14)
        bytes.append(UInt8(number << 3 | 2))
        if value.count >= 0x80 { bytes.append(UInt8(value.count & 0x7f) | 0x80) }
        bytes.append(value.count >= 0x80 ? UInt8(value.count >> 7) : UInt8(value.count))
        bytes += value
    }
}
