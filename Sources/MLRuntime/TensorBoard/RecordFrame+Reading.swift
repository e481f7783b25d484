import Core

extension RecordFrame {
    /// What stands at the beginning of bytes that a writer appends to.
    enum Read {
        /// A whole record: its data, and how many bytes it takes with its frame.
        case record(ArraySlice<UInt8>, frameBytes: Int)
        /// The record is being written: it will take so many bytes, as far as that can be told.
        case partial(frameBytes: Int)
        /// A checksum does not fit: nothing behind it can be trusted.
        case damaged
    }

    private static let headBytes = 12

    static func read(_ bytes: ArraySlice<UInt8>) -> Read {
        guard bytes.count >= headBytes else { return .partial(frameBytes: headBytes) }
        let length = bytes.prefix(8)
        guard number(bytes.dropFirst(8).prefix(4)) == UInt64(masked(CRC32C.checksum(Array(length)))),
            let count = Int(exactly: number(length)), count <= Int(Int32.max)
        else { return .damaged }
        let frameBytes = headBytes + count + 4
        guard bytes.count >= frameBytes else { return .partial(frameBytes: frameBytes) }
        let data = bytes.dropFirst(headBytes).prefix(count)
        let sum = number(bytes.dropFirst(headBytes + count).prefix(4))
        return sum == UInt64(masked(CRC32C.checksum(Array(data)))) ? .record(data, frameBytes: frameBytes) : .damaged
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
