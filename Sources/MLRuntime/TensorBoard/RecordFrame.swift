import Core

/// TFRecord's framing: length, its checksum, the data, its checksum; little-endian, checksums masked.
enum RecordFrame {
    /// `data` as one record of a file.
    static func bytes(_ data: [UInt8]) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(data.count + 16)
        let length = littleEndian(UInt64(data.count))
        frame += length
        frame += littleEndian(masked(CRC32C.checksum(length)))
        frame += data
        frame += littleEndian(masked(CRC32C.checksum(data)))
        return frame
    }

    /// So that the checksum of data that holds checksums is no special value.
    static func masked(_ sum: UInt32) -> UInt32 { (sum >> 15 | sum << 17) &+ 0xa282_ead8 }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
    }
}
