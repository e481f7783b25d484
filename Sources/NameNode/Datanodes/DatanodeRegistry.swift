internal import Core

/// The datanodes and their volumes: who is there, on which connection, with how much room. A value without clock or lock.
struct DatanodeRegistry {
    private(set) var nodes: [Datanode] = []
    private var byUUID: [String: DatanodeIndex] = [:]
    private var byConnection: [DatanodeConnection: DatanodeIndex] = [:]
    /// Connections whose node registered again on a newer one, with that one's address.
    private var displaced: [DatanodeConnection: String] = [:]
    private var storages: [StorageIndex: DatanodeStorage] = [:]
    private var storageByID: [DatanodeIndex: [String: StorageIndex]] = [:]

    subscript(_ index: DatanodeIndex) -> Datanode {
        get { nodes[Int(index.rawValue)] }
        _modify { yield &nodes[Int(index.rawValue)] }
    }

    subscript(_ storage: StorageIndex) -> DatanodeStorage? {
        get { storages[storage] }
        _modify { yield &storages[storage] }
    }

    func index(ofUUID uuid: String) -> DatanodeIndex? { byUUID[uuid] }
    func storage(_ id: String, of node: DatanodeIndex) -> StorageIndex? { storageByID[node]?[id] }

    /// The node that is bound to `connection` under `uuid`; nil when it must register first.
    /// Errors: `.wrongCluster` when the node registered again on another connection.
    func bound(_ uuid: String, on connection: DatanodeConnection) throws(HFSError) -> DatanodeIndex? {
        if let newer = displaced[connection] {
            throw HFSError(.wrongCluster, "Datanode \(uuid) registered again from \(newer); this registration is void")
        }
        guard let index = byConnection[connection], self[index].descriptor.uuid == uuid else { return nil }
        return index
    }

    /// The node that is bound to `connection`; nil when there is none.
    /// Errors: `.wrongCluster` when the node registered again on another connection.
    func bound(on connection: DatanodeConnection) throws(HFSError) -> DatanodeIndex? {
        if let newer = displaced[connection] {
            throw HFSError(.wrongCluster, "The datanode registered again from \(newer); this registration is void")
        }
        return byConnection[connection]
    }

    /// The node's entry, made when it is new. It has no connection yet.
    mutating func remember(_ descriptor: DatanodeDescriptor, nowMs: Int64) -> DatanodeIndex {
        if let known = byUUID[descriptor.uuid] { return known }
        let index = DatanodeIndex(UInt32(nodes.count))
        nodes.append(
            Datanode(index: index, descriptor: descriptor, lastHeartbeatMs: nowMs, disconnectedAtMs: nowMs))
        byUUID[descriptor.uuid] = index
        return index
    }

    /// Binds a registered node to its connection. Returns the connection that this one displaced, if it was still open.
    mutating func bind(
        _ index: DatanodeIndex, _ descriptor: DatanodeDescriptor, to connection: DatanodeConnection, nowMs: Int64
    ) -> DatanodeConnection? {
        if let other = byConnection[connection], other != index {
            self[other].connection = nil
            self[other].disconnectedAtMs = nowMs
        }
        let older = self[index].connection
        if let older, older != connection {
            byConnection[older] = nil
            displaced[older] = descriptor.transferAddress
        }
        byConnection[connection] = index
        self[index].descriptor = descriptor
        self[index].connection = connection
        self[index].lastHeartbeatMs = nowMs
        self[index].registeredAtMs = nowMs
        self[index].isDead = false
        return older == connection ? nil : older
    }

    /// Returns the node that lost its connection; nil when the connection was bound to none.
    mutating func closed(_ connection: DatanodeConnection, nowMs: Int64) -> DatanodeIndex? {
        displaced[connection] = nil
        guard let index = byConnection.removeValue(forKey: connection) else { return nil }
        self[index].connection = nil
        self[index].disconnectedAtMs = nowMs
        return index
    }

    mutating func addStorage(_ storage: StorageIndex, _ report: StorageReport, to node: DatanodeIndex) {
        storages[storage] = DatanodeStorage(node: node, report: report)
        storageByID[node, default: [:]][report.storageID] = storage
        self[node].storages.append(storage)
    }

    mutating func removeStorage(_ storage: StorageIndex) {
        guard let removed = storages.removeValue(forKey: storage) else { return }
        storageByID[removed.node]?[removed.report.storageID] = nil
        self[removed.node].storages.removeAll { $0 == storage }
    }

    /// True when every volume of the node has told all its replicas since the node registered.
    func isReportComplete(_ node: DatanodeIndex) -> Bool {
        self[node].registeredAtMs != nil
            && self[node].storages.allSatisfy {
                storages[$0].map { $0.isReportComplete || $0.report.hasFailed } ?? true
            }
    }

    /// The volume of the node with the most room for a block of `blockSize` bytes.
    func roomiestStorage(of node: DatanodeIndex, blockSize: UInt64) -> DatanodeStorage? {
        self[node].storages.compactMap { storages[$0] }
            .filter { !$0.report.hasFailed && $0.report.remainingBytes >= blockSize }
            .max { ($0.report.remainingBytes, $1.report.storageID) < ($1.report.remainingBytes, $0.report.storageID) }
    }

    func location(_ storage: StorageIndex) -> LocatedBlock.Location? {
        guard let storage = storages[storage] else { return nil }
        return LocatedBlock.Location(
            datanode: self[storage.node].descriptor, storageID: storage.report.storageID,
            storageKind: storage.report.kind)
    }
}
