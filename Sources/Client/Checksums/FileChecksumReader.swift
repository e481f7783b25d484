import Core
import Transport
import WireProtocol

/// Asks datanodes for the checksums of a file's blocks (BLOCK_CHECKSUM) and combines them. That of a block whose bytes the
/// namenode sent is made here.
struct FileChecksumReader: Sendable {
    let locator: BlockLocator
    let dialer: DatanodeDialer
    let pool: ThreadPool
    let kind: FileChecksum.Kind

    /// Blocks asked for at once.
    private static let blocksAtOnce = 8

    func read() async throws(HFSError) -> FileChecksum {
        let layout = FileLayout()
        try await locator.fetch(into: layout)
        var pieces: [FileLayout.Piece] = []
        var position: UInt64 = 0
        while position < layout.length {
            guard let piece = layout.piece(at: position) else {
                throw HFSError(.blockUnavailable, "No block at byte \(position)", subject: locator.path)
            }
            pieces.append(piece)
            position = piece.end
        }
        var sums: [BlockChecksum] = []
        var next = 0
        while next < pieces.count {
            let batch = pieces[next..<min(next + Self.blocksAtOnce, pieces.count)]
            let results = await withTaskGroup(of: (Int, Result<BlockChecksum, HFSError>).self) { group in
                for (index, piece) in zip(batch.indices, batch) {
                    group.addTask { (index, await checksum(of: piece, inline: layout.inline)) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (_, result) in results.sorted(by: { $0.0 < $1.0 }) { sums.append(try result.get()) }
            next = batch.endIndex
        }
        return try FileChecksumCombiner.combine(sums, kind: kind)
    }

    private func checksum(of piece: FileLayout.Piece, inline: [UInt8]?) async -> Result<BlockChecksum, HFSError> {
        if let inline, piece.located.offset == 0 { return .success(BlockChecksum(of: inline, kind: kind)) }
        let canceller = SocketCanceller()
        do throws(HFSError) {
            return .success(
                try await pool.run(onCancel: { canceller.cancel() }) { () throws(HFSError) in
                    try ask(piece, canceller)
                })
        } catch {
            return .failure(error)
        }
    }

    /// On a thread that may block.
    private func ask(_ piece: FileLayout.Piece, _ canceller: SocketCanceller) throws(HFSError) -> BlockChecksum {
        var last: HFSError?
        for location in piece.candidates {
            do throws(HFSError) {
                return try ask(location.datanode, piece, canceller)
            } catch {
                if error.code == .cancelled { throw error }
                last = error
            }
        }
        throw HFSError(
            .blockUnavailable, "No replica of \(piece.located.block) gives its checksum", subject: locator.path,
            cause: last?.description)
    }

    private func ask(
        _ node: DatanodeDescriptor, _ piece: FileLayout.Piece, _ canceller: SocketCanceller
    ) throws(HFSError) -> BlockChecksum {
        let block = piece.located.block
        let socket = try dialer.dial(node, canceller: canceller)
        var request = Hadoop_Hdfs_OpBlockChecksumProto()
        request.header = piece.token.baseHeader(block)
        request.blockChecksumOptions.blockChecksumType = kind == .compositeCRC ? .compositeCrc : .md5Crc
        try socket.writeAll(try DataTransferOperation.blockChecksum.encode(request))
        let response = try BufferedSocketReader(socket, capacity: 512).readResponse()
        try response.checkSuccess("give the checksum of \(block)", node)
        let answer = response.checksumResponse
        if kind == .compositeCRC, answer.blockChecksumOptions.blockChecksumType != .compositeCrc {
            throw HFSError(.unsupported, "\(node.transferAddress) does not know composite checksums")
        }
        return BlockChecksum(
            crcType: answer.hasCrcType ? answer.crcType : .checksumCrc32, bytesPerCRC: answer.bytesPerCrc,
            crcsPerBlock: answer.crcPerBlock, bytes: [UInt8](answer.blockChecksum), blockBytes: block.length)
    }
}
