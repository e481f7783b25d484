import Core
import Transport
import WireProtocol

/// A range of one replica as its datanode sends it (READ_BLOCK). Used by one thread at a time.
///
/// Packets that fit go straight into the caller's memory; only the first and last one of a range, or one that crosses the
/// end of the caller's memory, is copied.
final class BlockStream {
    let connection: DatanodeConnection
    private let block: Block
    private let checksum: ReplicaChecksum
    private let verifies: Bool
    /// In the block, of the next byte for the caller, and of the end of the range.
    private var position: UInt64
    private let end: UInt64
    /// In the block, of the next packet.
    private var packetOffset: UInt64
    private var nextSequence: Int64 = 0
    private var sums = [UInt8]()
    /// A packet that the caller has taken in part.
    private var kept = [UInt8]()
    private var keptStart = 0

    /// Asks for the range and reads the answer.
    /// - Throws: `.replicaNotFound`, `.invalidToken`, `.remote` with the node's words, `.connectionLost`, `.timedOut`.
    init(
        _ connection: DatanodeConnection, block: Block, from start: UInt64, to end: UInt64, token: BlockToken,
        clientName: String, verifies: Bool
    ) throws(HFSError) {
        precondition(start < end, "an empty range is not asked for")
        self.connection = connection
        self.block = block
        self.verifies = verifies
        position = start
        self.end = end
        var request = Hadoop_Hdfs_OpReadBlockProto()
        request.header = token.header(block, clientName: clientName)
        request.offset = start
        request.len = end - start
        request.sendChecksums = verifies
        try connection.socket.writeAll(try DataTransferOperation.readBlock.encode(request))
        let response = try connection.reader.readResponse()
        try response.checkSuccess("read \(block)", connection.node)
        checksum = try ReplicaChecksum(response.readOpChecksumInfo.checksum)
        packetOffset = response.readOpChecksumInfo.chunkOffset
        let slack = UInt64(max(checksum.chunkBytes, 1))
        guard packetOffset <= start, start - packetOffset < slack else {
            throw HFSError(
                .connectionLost, "\(connection.node.transferAddress) begins at \(packetOffset), not at \(start)")
        }
    }

    var isAtEnd: Bool { position == end }

    /// Fills the memory, less at the range's end; answers the bytes.
    /// - Throws: `.checksumMismatch` when the replica is corrupt; else the connection's errors.
    func read(into target: UnsafeMutableRawBufferPointer) throws(HFSError) -> Int {
        var filled = 0
        while filled < target.count, position < end {
            let rest = UnsafeMutableRawBufferPointer(rebasing: target[filled...])
            filled += keptStart < kept.count ? takeKept(into: rest) : try readPacket(into: rest)
        }
        return filled
    }

    /// Ends a range that was read to its end, so that the connection can be used again. False when it cannot.
    func finish() -> Bool {
        guard isAtEnd else { return false }
        do throws(HFSError) {
            // The empty last packet.
            let header = try readHeader()
            guard header.isLastInBlock, header.dataBytes == 0 else { return false }
            var status = Hadoop_Hdfs_ClientReadStatusProto()
            status.status = verifies && checksum.kind != .none ? .checksumOk : .success
            try connection.socket.writeAll(try Delimited.encode(status))
            return connection.reader.bufferedCount == 0
        } catch {
            return false
        }
    }

    private func takeKept(into target: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(target.count, kept.count - keptStart, Int(end - position))
        kept.withUnsafeBytes { bytes in
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[keptStart..<keptStart + count]))
        }
        keptStart += count
        position += UInt64(count)
        return count
    }

    private func readPacket(into target: UnsafeMutableRawBufferPointer) throws(HFSError) -> Int {
        let header = try readHeader()
        guard header.dataBytes > 0 else {
            throw HFSError(
                .connectionLost, "\(connection.node.transferAddress) ended the range at \(position) of \(end)")
        }
        let isWanted = packetOffset == position && header.dataBytes <= target.count
        packetOffset += UInt64(header.dataBytes)
        if isWanted {
            let place = UnsafeMutableRawBufferPointer(rebasing: target[..<header.dataBytes])
            try connection.reader.read(into: place)
            try verify(UnsafeRawBufferPointer(place), at: header.offsetInBlock)
            let count = min(UInt64(header.dataBytes), end - position)
            position += count
            return Int(count)
        }
        kept = try connection.reader.readBytes(header.dataBytes)
        let mismatch = kept.withUnsafeBytes { firstMismatch($0) }
        try report(mismatch, at: header.offsetInBlock)
        guard packetOffset > position else {
            throw HFSError(.connectionLost, "\(connection.node.transferAddress) sends bytes before \(position)")
        }
        keptStart = kept.count - Int(packetOffset - position)
        return takeKept(into: target)
    }

    /// The next packet's header; its checksums are in `sums` then.
    private func readHeader() throws(HFSError) -> PacketHeader {
        let header: Result<PacketHeader, HFSError> = withUnsafeTemporaryAllocation(
            byteCount: PacketPrefix.headerBytesMax, alignment: 8
        ) { memory in
            do throws(HFSError) {
                let start = UnsafeMutableRawBufferPointer(rebasing: memory[..<PacketPrefix.byteCount])
                try connection.reader.read(into: start)
                let prefix = try PacketPrefix(decoding: UnsafeRawBufferPointer(start))
                let rest = UnsafeMutableRawBufferPointer(rebasing: memory[..<prefix.headerBytes])
                try connection.reader.read(into: rest)
                let header = try PacketHeader(decoding: UnsafeRawBufferPointer(rest), prefix: prefix)
                try check(header, prefix)
                return .success(header)
            } catch {
                return .failure(error)
            }
        }
        return try header.get()
    }

    private func check(_ header: PacketHeader, _ prefix: PacketPrefix) throws(HFSError) {
        let sumBytes = prefix.payloadBytes - header.dataBytes
        guard header.sequenceNumber == nextSequence, UInt64(header.offsetInBlock) == packetOffset,
            sumBytes == checksum.byteCount(dataBytes: header.dataBytes)
        else {
            throw HFSError(
                .connectionLost,
                "\(connection.node.transferAddress) sent packet \(header.sequenceNumber) at "
                    + "\(header.offsetInBlock), not \(nextSequence) at \(packetOffset)")
        }
        nextSequence += 1
        if sums.count != sumBytes { sums = [UInt8](repeating: 0, count: sumBytes) }
        guard sumBytes > 0 else { return }
        let outcome: Result<Void, HFSError> = sums.withUnsafeMutableBytes { memory in
            do throws(HFSError) {
                return .success(try connection.reader.read(into: memory))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    private func verify(_ data: UnsafeRawBufferPointer, at offset: Int64) throws(HFSError) {
        try report(firstMismatch(data), at: offset)
    }

    private func firstMismatch(_ data: UnsafeRawBufferPointer) -> Int? {
        guard verifies else { return nil }
        return sums.withUnsafeBytes { checksum.firstMismatch(data, sums: $0) }
    }

    private func report(_ mismatch: Int?, at offset: Int64) throws(HFSError) {
        guard let mismatch else { return }
        throw HFSError(
            .checksumMismatch,
            "Checksum error in \(block) on \(connection.node.transferAddress) at byte "
                + "\(offset + Int64(mismatch * checksum.chunkBytes))")
    }
}
