import Core

/// Many small pieces of work at once, but not all of them.
enum BoundedTasks {
    /// Runs `body` for each item, at most `limit` at a time; the answers in the order of the items. The first error is thrown when
    /// what runs has ended; nothing more begins then.
    static func map<Item: Sendable, Answer: Sendable>(
        _ items: [Item], atMost limit: Int, _ body: @escaping @Sendable (Item) async throws(HFSError) -> Answer
    ) async throws(HFSError) -> [Answer] {
        let results = await withTaskGroup(of: (Int, Result<Answer, HFSError>).self) { group in
            var results = [Result<Answer, HFSError>?](repeating: nil, count: items.count)
            var begun = 0
            var hasFailed = false
            while begun < min(limit, items.count) {
                let number = begun
                group.addTask { (number, await result(items[number], body)) }
                begun += 1
            }
            for await (number, result) in group {
                results[number] = result
                if case .failure = result { hasFailed = true }
                guard begun < items.count, !hasFailed else { continue }
                let number = begun
                group.addTask { (number, await self.result(items[number], body)) }
                begun += 1
            }
            return results
        }
        var answers: [Answer] = []
        for result in results { if let result { answers.append(try result.get()) } }
        return answers
    }

    private static func result<Item: Sendable, Answer: Sendable>(
        _ item: Item, _ body: @Sendable (Item) async throws(HFSError) -> Answer
    ) async -> Result<Answer, HFSError> {
        do throws(HFSError) {
            return .success(try await body(item))
        } catch {
            return .failure(error)
        }
    }
}
