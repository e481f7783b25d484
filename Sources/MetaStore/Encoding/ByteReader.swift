/// Reads what `ByteWriter` wrote. Running past the end or a malformed length sets `isBroken` and yields zeros, so that a
/// decoder checks once at its end.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0
    private(set) var isBroken = false

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }
    var remaining: Int { bytes.count - offset }

    mutating func get<T: FixedWidthInteger>(_: T.Type) -> T {
        guard !isBroken, remaining >= MemoryLayout<T>.size else {
            isBroken = true
            return 0
        }
        defer { offset += MemoryLayout<T>.size }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    mutating func getVarint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while !isBroken, shift < 64 {
            let byte = get(UInt8.self)
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        isBroken = true
        return 0
    }

    mutating func getSigned() -> Int64 {
        let value = getVarint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A count of items that take at least `bytesEach`, so that a damaged count cannot ask for more memory than there is data.
    mutating func getCount(bytesEach: Int) -> Int {
        let count = getVarint()
        guard !isBroken, count <= UInt64(remaining / bytesEach) else {
            isBroken = true
            return 0
        }
        return Int(count)
    }

    mutating func skip(_ count: Int) {
        guard !isBroken, remaining >= count else {
            isBroken = true
            return
        }
        offset += count
    }

    mutating func getBytes() -> [UInt8] { Array(getSlice()) }
    mutating func getString() -> String { String(decoding: getSlice(), as: UTF8.self) }

    mutating func getSlice() -> UnsafeRawBufferPointer {
        let count = getCount(bytesEach: 1)
        guard !isBroken else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }
}
