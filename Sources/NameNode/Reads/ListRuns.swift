import Core
import MetaStore

/// Runs, newest first: the caller's own, for superusers everybody's.
struct ListRuns: NamespaceRead {
    struct Page: Hashable, Sendable {
        var runs: [Run] = []
        /// Runs below this id are still to be looked at; nil at the end.
        var before: RunID?
    }

    var caller: Caller
    var user: String?
    var state: RunState?
    var parent: RunID?
    var project: String?
    /// Only runs below this id.
    var before: RunID?
    var limit = Limits.runPageMax

    private static let rowsPerScan = 500

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> Page {
        guard caller.isSuperuser || user == nil || user == caller.user else {
            throw refusal(.accessDenied, "\(caller.user) may list its own runs only")
        }
        var page = Page()
        var last = before
        for _ in 0..<Limits.runsScannedMax / Self.rowsPerScan {
            let rows = try view.scan(.run, 0, after: last.map { Keys.run($0).sub }, limit: Self.rowsPerScan)
            for row in rows {
                let id = Keys.run(sub: row.sub)
                let run = try refusing { () throws(HFSError) in try RunRow(image: row.image) }.run
                last = id
                guard isWanted(run) else { continue }
                page.runs.append(run)
                if page.runs.count >= limit {
                    page.before = id
                    return page
                }
            }
            if rows.count < Self.rowsPerScan { return page }
        }
        page.before = last
        return page
    }

    private func isWanted(_ run: Run) -> Bool {
        (caller.isSuperuser || run.user == caller.user) && (user == nil || run.user == user)
            && (state == nil || run.state == state) && (parent == nil || run.parent == parent)
            && (project == nil || run.project == project)
    }
}
