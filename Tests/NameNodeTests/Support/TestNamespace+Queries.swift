import Core
import MetaStore

@testable import NameNode

/// Queries as a client would make them.
extension TestNamespace {
    func find(
        _ text: String, _ condition: AttributeCondition? = nil, order: String? = nil, descending: Bool = false,
        limit: Int = 10_000, as caller: Caller = root
    ) async throws(HFSError) -> (entries: [Find.Entry], isComplete: Bool) {
        var question = Find(caller: caller, path: try path(text), limit: limit)
        if let condition { question.condition = try FindCondition(condition) }
        if let order { question.order = Find.Order(field: try FindField(order), isDescending: descending) }
        while true {
            switch try await ask(question) {
            case .done(let entries, let isComplete): return (entries, isComplete)
            case .more(let progress): question.progress = progress
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
