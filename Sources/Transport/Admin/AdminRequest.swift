/// A GET that reached an admin page.
package struct AdminRequest: Sendable {
    /// Without the query, for example `/health`.
    package let path: String
    /// What follows `?`, as sent; empty when nothing does.
    package let query: String

    package init(path: String, query: String) {
        self.path = path
        self.query = query
    }

    init(target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(path: parts.first.map(String.init) ?? "/", query: parts.count > 1 ? String(parts[1]) : "")
    }
}
