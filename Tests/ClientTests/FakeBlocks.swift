import Core
import Synchronization

/// The bytes of all blocks of a fake cluster: its datanodes share them, as replicas of equal content.
final class FakeBlocks: Sendable {
    private let bytes = Mutex<[UInt64: [UInt8]]>([:])

    /// Puts a packet's data where it belongs.
    func write(_ data: [UInt8], at offset: Int, of block: UInt64) {
        bytes.withLock { blocks in
            let count = blocks[block]?.count ?? 0
            if count > offset { blocks[block]?.removeSubrange(offset...) }
            blocks[block, default: []].append(contentsOf: data)
        }
    }

    func bytes(of block: UInt64) -> [UInt8] { bytes.withLock { $0[block] ?? [] } }
}
