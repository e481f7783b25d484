/// A place between two records of a segment.
struct SegmentPlace: Sendable {
    /// LSN and CRC of the record before.
    var lsn: UInt64
    var crc: UInt32
    /// Where the next record begins.
    var position: Int
}
