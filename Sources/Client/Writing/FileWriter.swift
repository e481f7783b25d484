public import Core
import Synchronization

/// A file open for writing. One task writes at a time; a second call waits for the first.
///
/// Bytes are gathered into packets of 64,512 bytes and sent down the block's pipeline of datanodes while the caller goes on.
/// A datanode that fails is taken out of the pipeline, replaced where HDFS's policy asks for it, and what was not
/// acknowledged is sent again; the caller notices only when no datanode is left. After an error, `.cancelled` included, the
/// writer is dead: further calls throw the same error, and the file stays under construction until its lease expires.
///
/// The bytes of a small file are held back until it is closed, and then go to the namenode with that call
/// (`CreateOptions.allowsInline`); `hflush`, `hsync` and more bytes than it takes send them down a pipeline.
public final class FileWriter: Sendable {
    public let path: String
    private let shell: PipelineShell
    private let turns = CallTurns()
    private let assembler: Mutex<PacketAssembler>
    private let windowPackets: Int
    private let onEnd: @Sendable () -> Void
    private let state = Mutex(State())

    private struct State {
        var isClosed = false
        var isEnded = false
        /// The namenode has stored the open block's existence.
        var isBlockPersisted = false
        /// Bytes held back; nil when they go down a pipeline.
        var held: HeldBytes?
    }

    /// - Parameter inlineBytesMax: bytes that the namenode takes with the file's end; 0 for a file that has blocks.
    init(
        shell: PipelineShell, assembler: PacketAssembler, windowPackets: Int, inlineBytesMax: Int,
        onEnd: @escaping @Sendable () -> Void
    ) {
        if inlineBytesMax > 0 { state.withLock { $0.held = HeldBytes(countMax: inlineBytesMax) } }
        path = shell.file.path
        self.shell = shell
        self.assembler = Mutex(assembler)
        self.windowPackets = max(windowPackets, 1)
        self.onEnd = onEnd
    }

    deinit {
        shell.post(.refused(HFSError(.cancelled, "The writer was given up")))
        end()
    }

    /// Bytes of the file so far, buffered ones included.
    public var position: UInt64 {
        UInt64(state.withLock { $0.held?.bytes.count ?? 0 }) + assembler.withLock { $0.position }
    }

    /// Adds `bytes` at the end. Returns when they are buffered; waits while the window of unacknowledged packets is full.
    public func write(_ bytes: [UInt8]) async throws(HFSError) {
        try await turn { () async throws(HFSError) in
            if bytes.withUnsafeBytes({ hold($0) }) { return }
            try await release()
            try await add(bytes)
        }
    }

    /// Adds a copy of the memory's bytes at the end; it must stay valid until the call returns.
    public func write(contentsOf bytes: UnsafeRawBufferPointer) async throws(HFSError) {
        try await turn { () async throws(HFSError) in
            if hold(bytes) { return }
            try await release()
            try await add(count: bytes.count) { assembler, offset in assembler.append(bytes, from: &offset) }
        }
    }

    /// Returns when all bytes so far are in the memory of all datanodes of the pipeline: new readers see them.
    public func hflush() async throws(HFSError) {
        try await turn { () async throws(HFSError) in try await flush(isSync: false) }
    }

    /// Returns when all bytes of the open block are on the disks of all datanodes of the pipeline and the namenode knows the
    /// length. Blocks finished before the first `hsync` are on disk only with `CreateOptions.syncsBlocks`.
    public func hsync() async throws(HFSError) {
        try await turn { () async throws(HFSError) in try await flush(isSync: true) }
    }

    /// Finishes the last block and the file. On return the file is complete and its bytes are on all datanodes. A second
    /// call does nothing.
    public func close() async throws(HFSError) {
        try await turns.run { () async throws(HFSError) in
            if state.withLock({ $0.isClosed }) { return }
            do throws(HFSError) {
                if try await !closeInline() {
                    try await release()
                    try await finishBlock()
                    shell.post(.closeRequested)
                    try await shell.reach(.closed)
                }
            } catch {
                end()
                throw error
            }
            state.withLock { $0.isClosed = true }
            end()
        }
    }

    /// Drops the connections without finishing the file: it stays under construction until its lease expires.
    public func abort() async {
        shell.post(.refused(HFSError(.cancelled, "The writer was aborted", subject: path)))
        end()
    }

    // MARK: Parts

    private func turn(_ body: () async throws(HFSError) -> Void) async throws(HFSError) {
        try await turns.run { () async throws(HFSError) in
            if state.withLock({ $0.isClosed }) { throw HFSError(.io, "The writer is closed", subject: path) }
            do throws(HFSError) {
                try shell.checkAlive()
                try await body()
            } catch {
                end()
                throw error
            }
        }
    }

    private func add(_ bytes: [UInt8]) async throws(HFSError) {
        try await add(count: bytes.count) { assembler, offset in
            bytes.withUnsafeBytes { assembler.append($0, from: &offset) }
        }
    }

    /// - Parameter fill: moves bytes from the offset on into the assembler, advances it, and gives a packet that is full.
    private func add(
        count: Int, _ fill: (inout PacketAssembler, inout Int) -> OutboundPacket?
    ) async throws(HFSError) {
        var offset = 0
        while offset < count {
            if assembler.withLock({ $0.isBlockFull }) { try await finishBlock() }
            guard let packet = assembler.withLock({ fill(&$0, &offset) }) else { continue }
            shell.post(.queued(packet))
            try await shell.reach(.room(windowPackets: windowPackets))
        }
    }

    private func flush(isSync: Bool) async throws(HFSError) {
        try await release()
        if isSync { assembler.withLock { $0.syncsBlocks = true } }
        let (packet, sequence, hasBlock, blockBytes) = assembler.withLock { assembler in
            (assembler.flush(isSync: isSync), assembler.lastSequence, assembler.hasBlock, assembler.blockBytes)
        }
        guard hasBlock else { return }
        shell.post(.flushed)
        if let packet { shell.post(.queued(packet)) }
        try await shell.reach(.acknowledged(sequence))
        let isPersisted = state.withLock { state -> Bool in
            defer { state.isBlockPersisted = true }
            return state.isBlockPersisted
        }
        // A restarted namenode must know the block; HDFS's clients tell it the length only with hsync.
        if isSync {
            try await shell.file.fsync(lastBlockLength: blockBytes)
        } else if !isPersisted {
            try await shell.file.fsync(lastBlockLength: nil)
        }
    }

    private func finishBlock() async throws(HFSError) {
        let packets = assembler.withLock { assembler -> [OutboundPacket] in
            guard assembler.hasBlock else { return [] }
            let rest = assembler.flush(isSync: false)
            return (rest.map { [$0] } ?? []) + [assembler.endBlock()]
        }
        for packet in packets { shell.post(.queued(packet)) }
        try await shell.reach(.blockFinished)
        state.withLock { $0.isBlockPersisted = false }
    }

    // MARK: Held bytes

    /// True when the bytes are held back: those that were are too.
    private func hold(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in state.held?.append(bytes) ?? false }
    }

    /// Sends what was held back down a pipeline; later bytes follow it.
    private func release() async throws(HFSError) {
        let held = state.withLock { state -> [UInt8] in
            defer { state.held = nil }
            return state.held?.bytes ?? []
        }
        if !held.isEmpty { try await add(held) }
    }

    /// Closes the file with the bytes that were held back; false when there are none, or the namenode does not take them.
    private func closeInline() async throws(HFSError) -> Bool {
        guard let held = state.withLock({ $0.held?.bytes }), !held.isEmpty, assembler.withLock({ $0.position == 0 })
        else { return false }
        do throws(HFSError) {
            try shell.checkAlive()
            try await shell.file.complete(inline: held)
            return true
        } catch {
            // Its settings changed since they were asked for.
            if error.code == .unsupported || error.code == .noSuchMethod || error.code == .noSuchProtocol {
                return false
            }
            shell.post(.refused(error))
            throw error
        }
    }

    /// Once: the lease is not renewed for this file any more.
    private func end() {
        let isFirst = state.withLock { state -> Bool in
            defer { state.isEnded = true }
            return !state.isEnded
        }
        if isFirst { onEnd() }
    }
}
