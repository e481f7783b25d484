internal import Core
internal import Transport
internal import WireProtocol

/// Sends a range of a replica as packets: headers and checksums from memory, data from the file by the kernel.
///
/// A range is widened to whole chunks, so that the receiver can verify what it asked for.
struct BlockSender {
    /// Data bytes of a packet of a long read: HDFS's datanodes send 64 KiB, larger ones cost fewer calls.
    static let packetBytes = 128 << 10
    /// Ranges up to this long are copied and sent in one call.
    private static let copyMax: UInt64 = 64 << 10

    let replica: BlockStore.Readable
    /// What the receiver is told; without checksums, none.
    let format: ChecksumFormat
    let start: UInt64
    let end: UInt64

    /// Errors: `.io` with HDFS's text when the range does not lie in the replica.
    init(
        _ replica: BlockStore.Readable, block: Block, offset: UInt64, length: UInt64, sendsChecksums: Bool
    ) throws(HFSError) {
        let (last, overflow) = offset.addingReportingOverflow(length)
        guard !overflow, last <= replica.length else {
            throw HFSError(
                .io,
                "Offset \(offset) and length \(length) don't match block "
                    + "\(block.poolID):\(block) ( blockLen \(replica.length) )")
        }
        self.replica = replica
        format = sendsChecksums ? replica.format : ChecksumFormat(kind: .none, chunkBytes: Limits.checksumChunkBytes)
        let chunk = UInt64(format.chunkBytes)
        start = offset / chunk * chunk
        end = min((last + chunk - 1) / chunk * chunk, replica.length)
    }

    var checksumInfo: Hadoop_Hdfs_ReadOpChecksumInfoProto {
        var info = Hadoop_Hdfs_ReadOpChecksumInfoProto()
        info.checksum.type = Hadoop_Hdfs_ChecksumTypeProto(rawValue: Int(format.kind.rawValue)) ?? .checksumNull
        info.checksum.bytesPerChecksum = UInt32(format.chunkBytes)
        info.chunkOffset = start
        return info
    }

    /// Sends `response`, the packets and the empty last packet. `scratch` is memory of `scratchBytes` at least.
    func send(
        _ response: [UInt8], to socket: BlockingSocket, scratch: UnsafeMutableRawBufferPointer
    ) throws(HFSError) {
        let isCopied = end - start <= Self.copyMax
        let step = max(Self.packetBytes / format.chunkBytes, 1) * format.chunkBytes
        var filled = 0
        if !response.isEmpty {
            scratch.copyBytes(from: response)
            filled = response.count
        }
        var position = start
        var sequenceNumber: Int64 = 0
        while position < end {
            let count = Int(min(UInt64(step), end - position))
            let sumsBytes = Int(format.chunkCount(UInt64(count))) * format.sumBytes
            let header = PacketHeader(
                offsetInBlock: Int64(position), sequenceNumber: sequenceNumber, isLastInBlock: false, dataBytes: count)
            filled += header.encode(checksumBytes: sumsBytes, into: Self.tail(scratch, filled))
            try readSums(
                into: UnsafeMutableRawBufferPointer(rebasing: scratch[filled..<filled + sumsBytes]), position, count)
            filled += sumsBytes
            if isCopied {
                let target = UnsafeMutableRawBufferPointer(rebasing: scratch[filled..<filled + count])
                guard try replica.data.read(into: target, at: position) == count else { throw shortFile }
                filled += count
            } else {
                try socket.writeAll(UnsafeRawBufferPointer(rebasing: scratch[..<filled]), more: true)
                try sendData(at: position, count: count, to: socket)
                filled = 0
            }
            position += UInt64(count)
            sequenceNumber += 1
        }
        let last = PacketHeader(
            offsetInBlock: Int64(end), sequenceNumber: sequenceNumber, isLastInBlock: true, dataBytes: 0)
        filled += last.encode(checksumBytes: 0, into: Self.tail(scratch, filled))
        try socket.writeAll(UnsafeRawBufferPointer(rebasing: scratch[..<filled]))
    }

    /// Room for the answer, a packet's header, its checksums, and copied data.
    static func scratchBytes(_ format: ChecksumFormat) -> Int {
        4096 + Int(copyMax) + (max(packetBytes, format.chunkBytes) / format.chunkBytes + 1) * 4
    }

    private static func tail(_ memory: UnsafeMutableRawBufferPointer, _ from: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: memory[from...])
    }

    private func sendData(at position: UInt64, count: Int, to socket: BlockingSocket) throws(HFSError) {
        guard case .file(let file) = replica.data else {
            return try socket.writeAll(try replica.data.read(at: UInt64(position), count: count), more: true)
        }
        do throws(HFSError) {
            try socket.sendFile(descriptor: file.descriptor, offset: Int64(position), count: count)
        } catch  where error.code == .io {
            // Without an errno the file was only too short.
            guard let cause = error.cause else { throw shortFile }
            throw HFSError(.io, error.message, subject: replica.data.path, cause: cause)
        }
    }

    private func readSums(into target: UnsafeMutableRawBufferPointer, _ position: UInt64, _ count: Int) throws(HFSError)
    {
        guard !target.isEmpty else { return }
        let offset = format.sumOffset(chunk: position / UInt64(format.chunkBytes))
        if offset + UInt64(target.count) <= UInt64(replica.sumsHead.count) {
            target.copyBytes(from: replica.sumsHead[Int(offset)..<Int(offset) + target.count])
        } else if try replica.sums.read(into: target, at: offset) < target.count {
            throw shortFile
        }
        // The stored checksum of a chunk that still grows may be newer than the length that we serve.
        if let partial = replica.partialSum, position + UInt64(count) == replica.length {
            target.storeBytes(of: partial.bigEndian, toByteOffset: target.count - 4, as: UInt32.self)
        }
    }

    private var shortFile: HFSError {
        HFSError(.checksumMismatch, "A file of the replica is shorter than the replica", subject: replica.data.path)
    }
}
