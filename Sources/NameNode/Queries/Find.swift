import Core
import MetaStore

/// Files and directories below a path that meet a condition, in an order, as they are at this moment: an attribute counts from
/// the answer to the call that set it.
///
/// Long queries take several reads, each of bounded length, so that they hold up nobody: `run` again with the progress. Each
/// answer is true of the moment in which its entry was looked at.
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

    struct Progress: Sendable {
        var candidates: [InodeID]
        /// The candidates are in the order of the answer.
        var isOrdered = true
        /// Everything that may meet the condition is among the candidates.
        var isComplete = true
        var checked = 0
        var found: [Entry] = []
    }

    enum Outcome: Sendable {
        case done([Entry], isComplete: Bool)
        case more(Progress)
    }

    /// Candidates checked in one read: about 2 ms.
    static let sliceMax = 512
    private static let batchMax = 64

    var caller: Caller
    var path: FilePath
    var condition: FindCondition?
    var order: Order?
    var limit: Int
    /// Fields that the answer shows, with the names they were asked by.
    var wanted: [(text: String, field: FindField)] = []
    var progress: Progress?

    /// Everything that is looked at.
    var fields: Set<FindField> {
        (condition?.fields ?? []).union(wanted.map(\.field)).union(order.map { [$0.field] } ?? [])
    }

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> Outcome {
        let resolved = try view.resolve(path, rows: true)
        try checker(view).check(resolved)
        guard let target = resolved.target else { throw refusal(.fileNotFound, "File does not exist: \(path)") }
        var state: Progress
        if let progress { state = progress } else { state = try FindCandidates(self, resolved, view).collect() }
        var verifier = FindVerifier(self, base: target.inode, view)
        let end = min(state.candidates.count, state.checked + Self.sliceMax)
        while state.checked < end, !isEnough(state) {
            let batch = state.candidates[state.checked..<min(end, state.checked + Self.batchMax)]
            let entries = try view.gather(batch) { (inode, _) throws(PlanInterrupt) in try verifier.entry(inode) }
            state.found += entries.compactMap { $0 }
            state.checked += batch.count
        }
        guard isEnough(state) || state.checked == state.candidates.count else { return .more(state) }
        return .done(answer(state), isComplete: state.isComplete)
    }

    private func isEnough(_ state: Progress) -> Bool { state.isOrdered && state.found.count >= limit }

    private func answer(_ state: Progress) -> [Entry] {
        guard !state.isOrdered, let order else { return Array(state.found.prefix(limit)) }
        let sorted = state.found.sorted { a, b in
            a.key == b.key ? a.inode < b.inode : a.key.lexicographicallyPrecedes(b.key)
        }
        return Array((order.isDescending ? sorted.reversed() : sorted).prefix(limit))
    }
}
