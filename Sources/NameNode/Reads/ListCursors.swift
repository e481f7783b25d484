import Core
import MetaStore

/// The cursors of the event feed by name: all for superusers, their own for others.
struct ListCursors: NamespaceRead {
    var caller: Caller

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> [(name: String, row: CursorRow)] {
        try view.cursors().filter { caller.isSuperuser || $0.row.owner == caller.user }
    }
}

extension MetadataView {
    /// All cursors in the order of their names.
    func cursors() throws(PlanInterrupt) -> [(name: String, row: CursorRow)] {
        try scan(.cursor, 0, after: nil, limit: CursorRules.cursorsMax).map { found throws(PlanInterrupt) in
            let row = try refusing { () throws(HFSError) in try CursorRow(image: found.image) }
            return (String(decoding: found.sub, as: UTF8.self), row)
        }
    }
}
