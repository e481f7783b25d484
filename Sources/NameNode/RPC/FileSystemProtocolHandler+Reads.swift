import Core
import Transport
import WireProtocol

/// What clients read that took the bytes from the namenode itself.
extension FileSystemProtocolHandler {
    static let reads: [(String, Method)] = [
        ("tellReads", { handler, call throws(HFSError) in try handler.tellReads(call) })
    ]

    private func tellReads(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_TellReadsRequest.self)
        guard request.tokens.count <= Limits.toldReadsMax else {
            throw HFSError(
                .invalidArgument, "\(request.tokens.count) reads in one call; at most \(Limits.toldReadsMax) are taken")
        }
        if let long = request.tokens.map({ $0.identifier.count + $0.password.count }).max(),
            long > Limits.blockTokenBytesMax
        {
            throw HFSError(
                .invalidArgument, "A block token of \(long) bytes; at most \(Limits.blockTokenBytesMax) are taken")
        }
        writer.wereRead(request.tokens.map { BlockAccessToken($0) }) { [self] result in
            if case .failure(let error) = result { return call.fail(error) }
            guard request.durably else { return call.reply(bytes: []) }
            logReads(call)
        }
    }
    /// Has all that the caller's run read logged. Safemode is not waited for: the caller keeps its reads and has time.
    private func logReads(_ call: RPCCall) {
        guard !blocks.safemode.isOn else {
            return call.fail(
                HFSError(
                    blocks.safemode.isManual ? .safeMode : .retriable,
                    "Cannot log what was read. Name node is in safe mode.\n\(blocks.safemode.reason)"))
        }
        withCaller(call) { [self] caller in
            writer.submit(TellReads(caller: caller)) { Self.reply(call, $0) }
        }
    }
}
