import Core
import Synchronization
import WireProtocol

/// What a reader knows of its file: blocks and their replicas, which of them failed, which were found corrupt. Thread-safe.
final class FileLayout: Sendable {
    /// A replica that a reader found corrupt.
    struct CorruptReplica: Sendable {
        let block: Block
        let location: LocatedBlock.Location
    }

    /// A block with all that reading it takes.
    struct Piece: Sendable {
        let located: LocatedBlock
        let token: BlockToken
        /// Replicas in the order in which they are to be tried; those that failed before are left out.
        let candidates: [LocatedBlock.Location]
        var end: UInt64 { located.offset + located.block.length }
    }

    private struct State {
        var blocks: [LocatedBlock] = []
        var tokens: [BlockToken] = []
        var length: UInt64 = 0
        var isUnderConstruction = false
        var failedNodes: Set<String> = []
        var corrupt: [CorruptReplica] = []
        /// Corrupt replicas, reported or not, are not read again.
        var bad: Set<String> = []
        /// All bytes of the first block, when the namenode sent them.
        var inline: [UInt8]?
    }

    private let state = Mutex(State())

    var length: UInt64 { state.withLock { $0.length } }
    var isUnderConstruction: Bool { state.withLock { $0.isUnderConstruction } }

    /// Takes over the namenode's answer; failures of nodes are forgiven, corrupt replicas are not.
    ///
    /// - Parameters:
    ///   - openBytes: of the last block, when it is still written: how many bytes its replicas show.
    ///   - inline: all bytes of the first block, when they came with the answer.
    func replace(
        _ answer: Hadoop_Hdfs_LocatedBlocksProto, openBytes: UInt64?, inline: [UInt8]? = nil
    ) throws(HFSError) {
        let known = try LocatedBlocks(answer)
        var blocks = known.blocks
        var tokens = answer.blocks.map { BlockToken($0.blockToken) }
        var length = known.fileLength
        if let openBytes, var last = known.lastBlock {
            if let index = blocks.firstIndex(where: { $0.block.id == last.block.id }) {
                blocks.remove(at: index)
                tokens.remove(at: index)
            }
            last.block.length = max(openBytes, length > last.offset ? length - last.offset : 0)
            length = max(length, last.offset + last.block.length)
            if last.block.length > 0 {
                blocks.append(last)
                tokens.append(BlockToken(answer.lastBlock.blockToken))
            }
        }
        guard inline.map({ UInt64($0.count) == blocks.first?.block.length }) ?? true else {
            throw HFSError(.remote, "The namenode sent \(inline?.count ?? 0) bytes of a block of another length")
        }
        state.withLock { state in
            state.inline = inline
            state.blocks = blocks
            state.tokens = tokens
            state.length = length
            state.isUnderConstruction = known.isUnderConstruction
            state.failedNodes = []
        }
    }

    /// The bytes of the first block, when the namenode sent them.
    var inline: [UInt8]? { state.withLock { $0.inline } }

    /// The block that holds the byte at `offset`; nil when none is known.
    func piece(at offset: UInt64) -> Piece? {
        state.withLock { state in
            var low = 0
            var high = state.blocks.count
            while low < high {
                let middle = (low + high) / 2
                if state.blocks[middle].offset <= offset { low = middle + 1 } else { high = middle }
            }
            guard low > 0 else { return nil }
            let located = state.blocks[low - 1]
            guard offset < located.offset + located.block.length else { return nil }
            let candidates = located.locations.filter {
                !state.failedNodes.contains($0.datanode.uuid)
                    && !state.bad.contains(Self.key(located.block, $0.datanode))
            }
            return Piece(located: located, token: state.tokens[low - 1], candidates: candidates)
        }
    }

    /// Remembers that a datanode failed; it is not asked again until the locations are fetched anew.
    func markFailed(_ node: DatanodeDescriptor) {
        state.withLock { _ = $0.failedNodes.insert(node.uuid) }
    }

    func markCorrupt(_ block: Block, _ location: LocatedBlock.Location) {
        state.withLock { state in
            guard state.bad.insert(Self.key(block, location.datanode)).inserted else { return }
            state.corrupt.append(CorruptReplica(block: block, location: location))
        }
    }

    /// The corrupt replicas found since the last call, to be reported.
    func takeCorrupt() -> [CorruptReplica] {
        state.withLock { state in
            defer { state.corrupt = [] }
            return state.corrupt
        }
    }

    private static func key(_ block: Block, _ node: DatanodeDescriptor) -> String { "\(block)@\(node.uuid)" }
}
