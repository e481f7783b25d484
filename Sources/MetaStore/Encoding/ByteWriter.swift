internal import Glibc

/// A growing buffer that on-disk forms are written into: little-endian integers, LEB128 lengths.
///
/// A class, so that appending copies nothing; used by one thread at a time.
final class ByteWriter {
    private(set) var base: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 4096) {
        self.capacity = capacity
        base = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    /// What was written, valid inside `body`: the writer may go with its last use, and the memory with it.
    func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    var array: [UInt8] { Array(UnsafeRawBufferPointer(start: base, count: count)) }

    func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        memcpy(moved, base, count)
        base.deallocate()
        base = moved
        capacity = larger
    }

    func put<T: FixedWidthInteger>(_ value: T) {
        reserve(MemoryLayout<T>.size)
        base.storeBytes(of: value.littleEndian, toByteOffset: count, as: T.self)
        count += MemoryLayout<T>.size
    }

    func set<T: FixedWidthInteger>(_ value: T, at offset: Int) {
        base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    }

    func putVarint(_ value: UInt64) {
        reserve(10)
        var value = value
        while value >= 0x80 {
            base.storeBytes(of: UInt8(truncatingIfNeeded: value) | 0x80, toByteOffset: count, as: UInt8.self)
            count += 1
            value >>= 7
        }
        base.storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// Small magnitudes of both signs in few bytes (zigzag).
    func putSigned(_ value: Int64) { putVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

    func putBytes(_ bytes: [UInt8]) {
        putVarint(UInt64(bytes.count))
        bytes.withUnsafeBytes { putRaw($0) }
    }

    func putString(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            putVarint(UInt64(utf8.count))
            putRaw(UnsafeRawBufferPointer(utf8))
        }
    }

    /// With its length before it.
    func putSlice(_ bytes: UnsafeRawBufferPointer) {
        putVarint(UInt64(bytes.count))
        putRaw(bytes)
    }

    func putRaw(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        if let start = bytes.baseAddress { memcpy(base + count, start, bytes.count) }
        count += bytes.count
    }

    func putZeros(_ number: Int) {
        reserve(number)
        memset(base + count, 0, number)
        count += number
    }

    /// Forgets everything behind `newCount`.
    func cut(to newCount: Int) { count = newCount }
}
