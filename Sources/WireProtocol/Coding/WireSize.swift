/// Bytes that protobuf fields take, tag included. `field` is the field's number.
package enum WireSize {
    /// 1 to 10.
    @inline(__always)
    package static func varint(_ value: UInt64) -> Int { (70 - (value | 1).leadingZeroBitCount) / 7 }

    @inline(__always)
    package static func tag(_ field: Int) -> Int { field < 16 ? 1 : field < 2048 ? 2 : 5 }

    @inline(__always)
    package static func uint(_ field: Int, _ value: UInt64) -> Int { tag(field) + varint(value) }

    package static func bool(_ field: Int) -> Int { tag(field) + 1 }

    @inline(__always)
    package static func delimited(_ field: Int, _ count: Int) -> Int { tag(field) + varint(UInt64(count)) + count }

    @inline(__always)
    package static func string(_ field: Int, _ value: String) -> Int { delimited(field, value.utf8.count) }
}
