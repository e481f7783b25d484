import Core
import MetaStore

/// The blocks of a file in order.
enum FileBlocks {
    /// Up to here point reads are cheaper than a scan.
    private static let pointReadsMax: UInt32 = 16

    /// All of them, rows that are not in memory asked for at once. Missing rows are damage.
    static func all(
        _ inode: InodeID, count: UInt32, _ view: any MetadataView
    ) throws(PlanInterrupt) -> [(id: BlockID, row: BlockRow)] {
        guard count > 0 else { return [] }
        let ids = try ids(inode, count: count, view)
        return try view.gather(ids) { (id, view) throws(PlanInterrupt) in
            guard let row = try view.block(id) else {
                throw refusal(.corruptMetadata, "\(id) of inode \(inode) has no row")
            }
            return (id, row)
        }
    }

    private static func ids(
        _ inode: InodeID, count: UInt32, _ view: any MetadataView
    ) throws(PlanInterrupt) -> [BlockID] {
        if count <= pointReadsMax {
            return try view.gather(0..<count) { (index, view) throws(PlanInterrupt) in
                guard let id = try view.fileBlock(inode, index) else {
                    throw refusal(.corruptMetadata, "block \(index) of inode \(inode) is missing")
                }
                return id
            }
        }
        return try view.scan(.fileBlock, inode.rawValue, after: nil, limit: Int(count)).map {
            row throws(PlanInterrupt) in
            try refusing { () throws(HFSError) in try FileBlockRow(image: row.image).block }
        }
    }
}

extension MetadataView {
    /// Maps with reads: what is not in memory for any element is asked for in one interrupt.
    func gather<Element, R>(
        _ elements: some Sequence<Element>, _ read: (Element, any MetadataView) throws(PlanInterrupt) -> R
    ) throws(PlanInterrupt) -> [R] {
        var results: [R] = []
        var missing: [RowRequest] = []
        for element in elements {
            do throws(PlanInterrupt) {
                results.append(try read(element, self))
            } catch {
                guard case .needRows(let rows) = error else { throw error }
                missing += rows
            }
        }
        guard missing.isEmpty else { throw .needRows(missing) }
        return results
    }
}
