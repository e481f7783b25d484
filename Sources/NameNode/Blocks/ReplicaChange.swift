package import Core

/// A replica as a datanode tells of it.
package struct ReportedReplica: Hashable, Sendable {
    package var block: BlockID
    package var generationStamp: GenerationStamp
    /// Bytes.
    package var length: UInt64
    package var state: ReplicaState

    package init(block: BlockID, generationStamp: GenerationStamp, length: UInt64, state: ReplicaState = .finalized) {
        self.block = block
        self.generationStamp = generationStamp
        self.length = length
        self.state = state
    }
}

/// A change that a datanode tells at once.
package struct ReplicaChange: Hashable, Sendable {
    package enum Kind: Sendable { case receiving, received, deleted }

    package var kind: Kind
    package var replica: ReportedReplica
    package var storageID: String

    package init(kind: Kind, replica: ReportedReplica, storageID: String) {
        self.kind = kind
        self.replica = replica
        self.storageID = storageID
    }
}
