internal import Core

/// Reads the records of one segment file one after another, a window at a time, checking checksum and chain of each.
///
/// The file may grow meanwhile: ask only for records that are published, which lie in it whole.
final class SegmentReader {
    private static let firstWindowBytes = 32 << 10
    private static let windowBytesMax = 512 << 10

    private let file: any IOFile
    private let path: String
    private(set) var place: SegmentPlace
    private var window: UnsafeMutableRawBufferPointer
    /// What the window holds: `count` bytes of the file from `start` on.
    private var start: Int
    private var count = 0

    /// Begins behind a known place, or with the first record.
    init(_ segment: SegmentFile, at known: SegmentPlace?, io: any FileIO) throws(HFSError) {
        path = segment.path
        file = try io.open(segment.path, .readOnly)
        window = .allocate(byteCount: Self.firstWindowBytes, alignment: 16)
        place = known ?? SegmentPlace(lsn: segment.firstLSN - 1, crc: 0, position: 0)
        start = place.position
        guard known == nil else { return }
        do throws(HFSError) {
            place = try firstPlace(segment.firstLSN)
        } catch {
            window.deallocate()
            throw error
        }
    }

    deinit {
        window.deallocate()
        file.close()
    }

    private func firstPlace(_ firstLSN: UInt64) throws(HFSError) -> SegmentPlace {
        try need(SegmentHeader.bytes)
        guard let header = try SegmentHeader.decode(bytes, path: path), header.firstLSN == firstLSN else {
            throw HFSError(.corruptMetadata, "the segment's header is damaged", subject: path)
        }
        return SegmentPlace(lsn: firstLSN - 1, crc: header.previousCRC, position: SegmentHeader.bytes)
    }

    /// What `next` answers about: valid until its next call.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: window[..<count]) }

    /// The next record and where in `bytes` it begins.
    func next() throws(HFSError) -> (header: EditRecordCodec.Header, offset: Int) {
        try need(EditRecordCodec.headerBytes)
        guard let size = EditRecordCodec.size(in: bytes, at: place.position - start) else { throw damage }
        try need(size)
        let offset = place.position - start
        guard let header = EditRecordCodec.header(in: bytes, at: offset), header.lsn == place.lsn + 1,
            header.previousCRC == place.crc
        else { throw damage }
        place = SegmentPlace(lsn: header.lsn, crc: header.crc, position: place.position + header.paddedBytes)
        return (header, offset)
    }

    private var damage: HFSError {
        HFSError(
            .corruptMetadata, "edits record \(place.lsn + 1) at offset \(place.position) is damaged", subject: path)
    }

    /// Has the window hold `wanted` bytes from the place on.
    private func need(_ wanted: Int) throws(HFSError) {
        guard place.position + wanted > start + count else { return }
        // Twice as much each time: a follower reads little, who reads all reads large windows.
        let size = max(wanted, count == 0 ? window.count : min(2 * window.count, Self.windowBytesMax))
        if size > window.count {
            window.deallocate()
            window = .allocate(byteCount: size, alignment: 16)
        }
        start = place.position
        count = 0
        count = try file.read(into: window, at: UInt64(start))
        guard count >= wanted else { throw damage }
    }
}
