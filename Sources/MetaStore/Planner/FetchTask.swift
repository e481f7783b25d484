internal import Core

/// Something that waits for rows of the shards: a deferred operation or a cold read. What it asked for before is kept and
/// merged again in each round, so that a cache smaller than its rows cannot starve it.
///
/// `@unchecked Sendable`: handed from thread to thread through locked queues, used by one at a time.
class FetchTask: @unchecked Sendable {
    /// To be fetched now.
    var wanted: [RowRequest] = []
    var fetched: [FetchedRows] = []
    private var rounds = 0

    /// More rounds than any body can need: each brings a row that it did not have.
    private static let roundsMax = 100_000

    /// Notes what a body asked for; false when it asks without end.
    func want(_ requests: [RowRequest]) -> Bool {
        wanted = requests
        rounds += 1
        return rounds <= Self.roundsMax && !requests.isEmpty
    }

    /// Merges everything fetched so far, the view's lock held. False when some of it is too old: that is wanted again.
    func lockedMerge(into view: PublishedView) throws(HFSError) -> Bool {
        var fresh: [FetchedRows] = []
        wanted = []
        for rows in fetched {
            if try view.lockedMerge(rows) { fresh.append(rows) } else { wanted.append(rows.request) }
        }
        fetched = fresh
        return wanted.isEmpty
    }

    /// Goes on with `fetched` complete, or with the error that fetching ended in. On a reader thread; true when the task
    /// wants more rows at once.
    func proceed(_ failure: HFSError?) -> Bool { false }
}
