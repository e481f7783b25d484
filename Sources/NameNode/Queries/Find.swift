import Core
import MetaStore

/// Files and directories below a path that meet a condition, in an order.
///
/// A long query takes several reads, each of bounded length, so that it holds up nobody: `run` again with the progress. Each
/// read sees one LSN, the query as a whole does not: an entry is true of the moment in which it was looked at, an attribute
/// counts from the answer to the call that set it before the query began, and what does not change while the query runs is
/// found exactly once, in its place in the order. What is moved, or gets another value of what is asked for, in that time may
/// be found as it was or as it is, or be left out.
struct Find: NamespaceRead {
    struct Order: Hashable, Sendable {
        var field: FindField
        var isDescending: Bool

        /// Bytes that sort as the field's values do.
        func key(_ bytes: [UInt8]) -> [UInt8] {
            switch field {
            case .attribute, .modified: AttributeValue(bytes).encoded
            case .kind, .name, .owner, .path: bytes
            }
        }
    }

    struct Entry: Sendable {
        var path: String
        var inode: InodeID
        var isDirectory: Bool
        /// Of the fields asked for those that it has.
        var attributes: [(name: String, value: [UInt8])]
        /// What it is ordered by.
        var key: [UInt8]
    }

    enum Outcome: Sendable {
        case done([Entry])
        case more(FindProgress)
    }

    /// Rows looked at in one read: about a millisecond.
    static let sliceRows = 1024

    var caller: Caller
    var path: FilePath
    var condition: FindCondition?
    var order: Order?
    var limit: Int
    /// Fields that the answer shows, with the names they were asked by.
    var wanted: [(text: String, field: FindField)] = []
    /// Rows looked at before the query is refused.
    var rowsMax = Limits.findRowsMax
    var progress: FindProgress?

    /// Everything that is looked at.
    var fields: Set<FindField> {
        (condition?.fields ?? []).union(wanted.map(\.field)).union(order.map { [$0.field] } ?? [])
    }

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> Outcome {
        let resolved = try view.resolve(path, rows: true)
        try checker(view).check(resolved)
        guard let target = resolved.target else { throw refusal(.fileNotFound, "File does not exist: \(path)") }
        let state: FindProgress
        if let progress { state = progress } else { state = try FindProgress(self, resolved, target, view) }
        var slice = FindSlice(self, resolved, base: target.inode, view, state)
        return try slice.run()
    }
}
