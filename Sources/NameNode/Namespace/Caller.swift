import Core
import MetaStore

/// Who asks: a user with the groups that this server resolved.
struct Caller: Hashable, Sendable {
    var user: String
    var groups: [String] = []
    /// The user who started the namenode, or a member of the supergroup: no permission is checked.
    var isSuperuser = false
    /// The client's address as HDFS prints it, without port.
    var address: String = ""
    var callerContext: String = ""
    /// The run behind the connection or call; nil when none is known.
    var run: RunID?
    /// Bytes of a caller context that are kept, in every edits record: HDFS's 128 (`hadoop.caller.context.max.size`).
    static let callerContextBytesMax = 128

    /// Somebody still to be found out: nobody's rights.
    static let unknown = Caller(user: "")

    /// The part of a client's context that is kept; never half a character.
    static func cut(_ context: String) -> String {
        guard context.utf8.count > callerContextBytesMax else { return context }
        var kept = ""
        var count = 0
        for scalar in context.unicodeScalars {
            count += UTF8.width(scalar)
            guard count <= callerContextBytesMax else { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept
    }

    var origin: EditOrigin { EditOrigin(user: user, callerContext: callerContext, address: address, run: run) }
}
