import Core
import MetaStore

/// `system`, key `token-number`: the last number that a token was given.
struct TokenNumberRow: Hashable, Sendable, StoredRow {
    static let key = Keys.system("token-number")
    /// Clients read numbers as signed 32 bits.
    static let numberMax = UInt32(Int32.max)

    var number: UInt32

    init(_ number: UInt32) { self.number = number }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "token number", newest: 1)
        number = UInt32(truncatingIfNeeded: try reader.unsigned())
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: 6)
        writer.unsigned(UInt64(number))
        return writer.bytes
    }
}
