import Core
import Transport
import WireProtocol

/// Small files whose bytes the namenode keeps.
extension FileSystemProtocolHandler {
    static let inline: [(String, Method)] = [
        ("completeInline", { handler, call throws(HFSError) in try handler.completeInline(call) }),
        ("createInline", { handler, call throws(HFSError) in try handler.createInline(call) }),
    ]

    private func completeInline(_ call: RPCCall) throws(HFSError) {
        let request = try CompleteInlineRequest(decoding: call.body)
        let path = try FilePath(request.path)
        let (content, share) = try take(request.bytes, checksum: request.checksum, of: path)
        whenWritable(call, { "Cannot complete file \(path)" }) { [self] caller in
            let operation = CompleteInline(
                caller: caller, path: path, inode: request.inode, holder: request.clientName, content: content,
                openFilesOfHolder: writer.leases.openFiles(of: request.clientName))
            writer.submit(operation) { result in
                withExtendedLifetime(share) { Self.reply(call, result) }
            }
        }
    }

    private func createInline(_ call: RPCCall) throws(HFSError) {
        let request = try CreateInlineRequest(decoding: call.body)
        let create = request.create
        try PathRules.checkLength(create.path, call: "create")
        let path = try FilePath(create.path)
        guard create.erasureCodingPolicy.isEmpty else {
            throw HFSError(.unsupported, "Erasure coding is not supported")
        }
        let (content, share) = try take(request.bytes, checksum: request.checksum, of: path)
        whenWritable(call, { "Cannot create file\(path)" }) { [self] caller in
            let operation = Create(
                caller: caller, rules: rules, path: path, mode: create.mode, unmasked: create.unmaskedMode,
                holder: create.clientName, mayCreate: create.flags.contains(.create),
                overwrite: create.flags.contains(.overwrite), createParent: create.createsParents,
                replication: Int(create.replication), blockSize: create.blockSize, content: content)
            writer.submit(operation, retry: retryKey(call)) { result in
                withExtendedLifetime(share) { Self.reply(call, result) }
            }
        }
    }

    /// The row of a file's bytes, and their part of the budget. Errors: `.unsupported` for more than this namenode keeps,
    /// `.checksumMismatch`, `.retriable`.
    private func take(
        _ bytes: [UInt8], checksum: UInt32, of path: FilePath
    ) throws(HFSError) -> (InlineRow, InlineBudget.Share) {
        guard bytes.count <= rules.inlineBytesMax, !bytes.isEmpty else {
            throw HFSError(
                .unsupported,
                "\(path) has \(bytes.count) bytes; inlineBytesMax of this namenode is \(rules.inlineBytesMax): write it to "
                    + "datanodes")
        }
        guard CRC32C.checksum(bytes) == checksum else {
            throw HFSError(.checksumMismatch, "The bytes of \(path) changed on their way to the namenode")
        }
        return (InlineRow(bytes, checksum: checksum), try inlineBudget.take(bytes.count))
    }
}
