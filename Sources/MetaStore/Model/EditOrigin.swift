package import Core

/// Who caused an edit: kept with every record.
package struct EditOrigin: Hashable, Sendable {
    package var user: String
    /// The RPC caller context, empty when the client sent none.
    package var callerContext: String
    /// The client's address; empty for the namenode's own edits.
    package var address: String

    /// The run behind the connection; nil when none is known.
    package var run: RunID?

    package init(user: String, callerContext: String = "", address: String = "", run: RunID? = nil) {
        self.user = user
        self.callerContext = callerContext
        self.address = address
        self.run = run
    }
}
