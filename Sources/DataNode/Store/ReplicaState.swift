/// The states of a replica, in HDFS's words and with its numbers (`HdfsServerConstants.ReplicaState`).
enum ReplicaState: UInt8, Sendable {
    /// Complete and never changed again.
    case finalized = 0
    /// Being written by a client.
    case rbw = 1
    /// Was being written when the datanode stopped; waits for recovery.
    case rwr = 2
    /// Under recovery. Kept in memory only: the files stay where the state before put them.
    case rur = 3
    /// Being copied from another datanode; thrown away when the copy breaks.
    case temporary = 4
}
