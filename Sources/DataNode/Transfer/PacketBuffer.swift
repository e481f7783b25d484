internal import Core
internal import Transport
internal import WireProtocol

/// One packet in memory, whole and contiguous, as it came and as it is passed on. Used by one thread, for packet after packet.
final class PacketBuffer {
    private var memory: UnsafeMutableRawBufferPointer
    private(set) var header = PacketHeader.heartbeat
    private var byteCount = 0
    private var dataStart = 0
    private var sumsStart = 0

    private static let initialBytes = 72 << 10

    init() { memory = .allocate(byteCount: Self.initialBytes, alignment: 64) }

    deinit { memory.deallocate() }

    /// The packet with its lengths and header.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<byteCount]) }
    var sums: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[sumsStart..<dataStart]) }
    var data: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[dataStart..<byteCount]) }

    /// Reads the next packet and checks that it has one checksum for each chunk.
    /// Errors: `.malformedRequest`, and what reading throws.
    func receive(_ reader: BufferedSocketReader, format: ChecksumFormat) throws(HFSError) {
        let prefixBytes = PacketPrefix.byteCount
        try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[..<prefixBytes]))
        let prefix = try PacketPrefix(decoding: UnsafeRawBufferPointer(rebasing: memory[..<prefixBytes]))
        byteCount = prefixBytes + prefix.headerBytes + prefix.payloadBytes
        reserve(byteCount, keeping: prefixBytes)
        // The payload goes past the reader's own buffer straight to its place.
        try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[prefixBytes..<byteCount]))
        sumsStart = prefixBytes + prefix.headerBytes
        header = try PacketHeader(
            decoding: UnsafeRawBufferPointer(rebasing: memory[prefixBytes..<sumsStart]), prefix: prefix)
        dataStart = byteCount - header.dataBytes
        let sumsExpected = Int(format.chunkCount(UInt64(header.dataBytes))) * format.sumBytes
        guard dataStart - sumsStart == sumsExpected else {
            throw HFSError(
                .malformedRequest,
                "A packet of \(header.dataBytes) bytes has \(dataStart - sumsStart) bytes of checksums, expected \(sumsExpected)"
            )
        }
    }

    private func reserve(_ count: Int, keeping: Int) {
        guard count > memory.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: count + count / 4, alignment: 64)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<keeping]))
        memory.deallocate()
        memory = larger
    }
}
