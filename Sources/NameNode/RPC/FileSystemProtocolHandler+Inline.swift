import Core
import Transport
import WireProtocol

/// Small files whose bytes the namenode keeps.
extension FileSystemProtocolHandler {
    static let inline: [(String, Method)] = [
        ("completeInline", { handler, call throws(HFSError) in try handler.completeInline(call) })
    ]

    private func completeInline(_ call: RPCCall) throws(HFSError) {
        let request = try CompleteInlineRequest(decoding: call.body)
        let path = try FilePath(request.path)
        let count = request.bytes.count
        guard 1...max(rules.inlineBytesMax, 1) ~= count, rules.inlineBytesMax > 0 else {
            throw HFSError(
                .unsupported,
                "\(path) has \(count) bytes; inlineBytesMax of this namenode is \(rules.inlineBytesMax): write it to datanodes"
            )
        }
        guard CRC32C.checksum(request.bytes) == request.checksum else {
            throw HFSError(.checksumMismatch, "The bytes of \(path) changed on their way to the namenode")
        }
        let share = try inlineBudget.take(count)
        whenWritable(call, { "Cannot complete file \(path)" }) { [self] caller in
            let operation = CompleteInline(
                caller: caller, path: path, inode: request.inode, holder: request.clientName,
                content: InlineRow(request.bytes, checksum: request.checksum),
                openFilesOfHolder: writer.leases.openFiles(of: request.clientName))
            writer.submit(operation) { result in
                withExtendedLifetime(share) { Self.reply(call, result) }
            }
        }
    }
}
