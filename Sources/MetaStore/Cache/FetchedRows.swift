/// What a reader thread found in a shard for one request.
struct FetchedRows: Sendable {
    struct Row: Sendable {
        var sub: [UInt8]
        var image: [UInt8]
        var lsn: UInt64
    }

    var request: RowRequest
    var shard: Int
    /// The LSN that the shard had applied in the read transaction.
    var snapshot: UInt64
    /// For a scan, from the row at `after` (or `before`) on, that one included.
    var rows: [Row]
    /// For a scan: no rows follow these.
    var reachesEnd: Bool
}
