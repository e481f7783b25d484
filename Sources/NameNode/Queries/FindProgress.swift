import Core
import MetaStore

/// How far a query has come: all that one read hands to the next.
struct FindProgress: Sendable {
    enum Stage: Sendable {
        /// Finds out whose indexes there are to look into.
        case scopes
        /// Tries all ways a little, then more, until one of them comes to an end or has found enough.
        case race
        /// Looks at every candidate.
        case check
        /// Looks at everything below the path.
        case walk
    }

    /// What checking an entry costs: its place, its row, its attributes.
    static let rowsPerCheck = 4
    /// Fewer entries below a path than this are looked at without a look at the index.
    private static let smallTree = 64
    /// Index rows that each way may read in the first round of the race.
    private static let firstRound = 16

    var stage: Stage
    /// Rows looked at so far.
    var rows = 0
    /// Reads so far.
    var slices = 0
    var scopes: FindScopes
    /// Stretches of the index, each of which holds all that meets the condition.
    var alternatives: [IndexRows]
    /// Of the attribute to order by the stretch that is looked through in order; nil when no index has the order.
    let ordering: IndexRange?
    var ordered: IndexMerge?
    /// Rows spent on `ordered`.
    var orderedRows = 0
    /// Rows that each way may have read by the end of the round.
    var round = firstRound
    /// Rows that looking at everything below the path takes.
    let walkRows: Int
    var walk: TreeWalk
    var candidates: [InodeID] = []
    /// So many of the candidates have been looked at.
    var checked = 0
    var answers: FindAnswers

    init(
        _ find: Find, _ resolved: ResolvedPath, _ target: ResolvedPath.Target, _ view: any MetadataView
    ) throws(PlanInterrupt) {
        answers = FindAnswers(order: find.order, limit: find.limit)
        scopes = FindScopes(resolved)
        walk = TreeWalk(target.inode)
        let alternatives = IndexRange.joined(find.condition?.alternatives ?? [])
        self.alternatives = alternatives.map { IndexRows($0) }
        if case .attribute(let name)? = find.order?.field {
            ordering = alternatives.first { $0.count == 1 && $0[0].isOf(name) }?.first ?? .all(name)
        } else {
            ordering = nil
        }
        guard target.isDirectory else {
            (stage, candidates, walkRows) = (.check, [target.inode], 0)
            return
        }
        let below = try view.counter(target.inode.rawValue)
        let entries = Int(below.files + below.directories)
        walkRows = (Self.rowsPerCheck + 1) * entries
        let hasIndex = !alternatives.isEmpty || ordering != nil
        if hasIndex, entries > Self.smallTree {
            stage = .scopes
        } else {
            (stage, candidates) = (.walk, [target.inode])
        }
    }
}
