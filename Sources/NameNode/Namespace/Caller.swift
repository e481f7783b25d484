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

    var origin: EditOrigin { EditOrigin(user: user, callerContext: callerContext, address: address) }
}
