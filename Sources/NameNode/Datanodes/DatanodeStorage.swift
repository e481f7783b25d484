internal import Core

/// What the namenode knows of one volume, besides its replicas.
struct DatanodeStorage {
    let node: DatanodeIndex
    var report: StorageReport
    /// Buckets that agreed or were sent since the report in progress began.
    var confirmed: ReportBuckets
    /// Every bucket was confirmed at least once since the node registered.
    var isReportComplete = false
    /// Replicas that changed while a report is in progress: the report's contents may be older than the change.
    var changedDuringReport: Set<BlockID> = []
    /// When the namenode last asked for buckets; nil when it did not since the registration.
    var askedForBucketsAtMs: Int64?

    init(node: DatanodeIndex, report: StorageReport) {
        self.node = node
        self.report = report
        confirmed = ReportBuckets()
    }

    var isReportInProgress: Bool { !confirmed.isFull }

    mutating func beginReport() {
        confirmed = ReportBuckets()
        changedDuringReport = []
    }

    /// Returns true when this completed the storage's first report.
    mutating func confirm(_ buckets: [Int]) -> Bool {
        for bucket in buckets { confirmed.insert(bucket) }
        return closeReportIfFull()
    }

    mutating func confirmAll() -> Bool {
        confirmed = .full
        return closeReportIfFull()
    }

    private mutating func closeReportIfFull() -> Bool {
        guard confirmed.isFull else { return false }
        changedDuringReport = []
        defer { isReportComplete = true }
        return !isReportComplete
    }
}
