/// What makes two arrivals of one at-most-once call the same call (hdfs-wire: retry cache): client id and call id.
package struct RPCCallKey: Hashable, Sendable {
    /// The 16 bytes of the client id as two big-endian words.
    package let clientHigh: UInt64
    package let clientLow: UInt64
    package let callID: Int32

    package init(clientHigh: UInt64, clientLow: UInt64, callID: Int32) {
        self.clientHigh = clientHigh
        self.clientLow = clientLow
        self.callID = callID
    }

    /// Nil unless the client id has 16 bytes and the call id is not a reserved (negative) one.
    package init?(clientID: [UInt8], callID: Int32) {
        guard clientID.count == 16, callID >= 0 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<8 {
            high = high << 8 | UInt64(clientID[index])
            low = low << 8 | UInt64(clientID[index + 8])
        }
        self.init(clientHigh: high, clientLow: low, callID: callID)
    }
}
