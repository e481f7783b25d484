package import Core

/// One volume of a datanode and its room, in bytes.
package struct StorageReport: Hashable, Sendable {
    package var storageID: String
    package var kind: StorageKind
    package var hasFailed: Bool
    package var capacityBytes: UInt64
    package var usedBytes: UInt64
    package var remainingBytes: UInt64

    package init(
        storageID: String, kind: StorageKind = .disk, hasFailed: Bool = false, capacityBytes: UInt64, usedBytes: UInt64,
        remainingBytes: UInt64
    ) {
        self.storageID = storageID
        self.kind = kind
        self.hasFailed = hasFailed
        self.capacityBytes = capacityBytes
        self.usedBytes = usedBytes
        self.remainingBytes = remainingBytes
    }
}
