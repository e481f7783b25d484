import Core
import MetaStore

@testable import NameNode

/// Queries as a client would make them.
extension TestNamespace {
    /// With the number of reads that it took; `between` runs between them.
    func find(
        _ text: String, _ condition: AttributeCondition? = nil, order: String? = nil, descending: Bool = false,
        limit: Int = 10_000, as caller: Caller = root, rowsMax: Int = Limits.findRowsMax,
        between: () async throws(HFSError) -> Void = {}
    ) async throws(HFSError) -> (entries: [Find.Entry], reads: Int) {
        var question = Find(caller: caller, path: try path(text), limit: limit, rowsMax: rowsMax)
        if let condition { question.condition = try FindCondition(condition) }
        if let order { question.order = Find.Order(field: try FindField(order), isDescending: descending) }
        var rows = 0
        while true {
            switch try await ask(question) {
            case .done(let entries): return (entries, (question.progress?.slices ?? 0) + 1)
            case .more(let progress):
                // The last step of a read may go over its end.
                guard progress.rows - rows < 2 * Find.sliceRows else {
                    throw HFSError(.io, "one read looked at \(progress.rows - rows) rows")
                }
                rows = progress.rows
                question.progress = progress
                try await between()
            }
        }
    }

    func paths(
        _ text: String, _ condition: AttributeCondition? = nil, order: String? = nil, descending: Bool = false,
        limit: Int = 10_000, as caller: Caller = root
    ) async throws(HFSError) -> [String] {
        try await find(text, condition, order: order, descending: descending, limit: limit, as: caller).entries
            .map(\.path)
    }
}
