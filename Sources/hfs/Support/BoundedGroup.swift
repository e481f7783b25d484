/// Runs `body` for each item, at most `limit` at a time, in order of the items. The first error cancels the rest.
func forEach<Item: Sendable>(
    _ items: some Sequence<Item>, atMost limit: Int, _ body: @escaping @Sendable (Item) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        var running = 0
        for item in items {
            if running == limit {
                try await group.next()
                running -= 1
            }
            group.addTask { try await body(item) }
            running += 1
        }
        try await group.waitForAll()
    }
}
