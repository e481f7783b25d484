internal import Core
internal import Logging
internal import Transport

/// What every data transfer needs.
struct TransferContext: Sendable {
    var store: BlockStore
    var reporter: any ReplicaReporter
    var reads: ReadReports
    var metrics: DataNodeMetrics
    var timeouts: TransferTimeouts
    /// Responders of pipelines, and transfers that this node starts.
    var pool: ThreadPool
    var logger: Logger
}
