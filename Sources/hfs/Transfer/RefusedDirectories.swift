/// Directories that could not be made: nothing below them is tried, so that a tree has one complaint and not one for each
/// of its files.
struct RefusedDirectories {
    private var paths: Set<String> = []

    /// Runs `body`, which makes the directory `path`, unless its parent could not be made. Parents come first.
    mutating func make(_ path: String, _ session: Session, _ body: () async throws -> Void) async throws {
        if hasParent(of: path) {
            paths.insert(path)
        } else if try await !session.attempt(path, body) {
            paths.insert(path)
        }
    }

    func hasParent(of path: String) -> Bool {
        guard let slash = path.lastIndex(of: "/") else { return false }
        return paths.contains(String(path[..<slash]))
    }
}
