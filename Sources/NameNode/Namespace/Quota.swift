import Core
import MetaStore

/// Counting and limiting what lies below directories.
enum Quota {
    /// Refuses when `delta` would take one of `directories` over a quota of its own.
    ///
    /// `skip`: leading directories that the change does not touch (a rename within them).
    static func check(
        _ path: ResolvedPath, _ delta: Counter, _ view: any MetadataView, skip: Int = 0
    ) throws(PlanInterrupt) {
        for depth in path.ancestors.indices.dropFirst(skip) {
            let row = path.rows[depth]
            guard row.hasQuota else { continue }
            let counter = try view.counter(path.directories[depth].rawValue)
            let entries = counter.files + counter.directories + 1 + delta.files + delta.directories
            if row.namespaceQuota >= 0, delta.files + delta.directories > 0, entries > row.namespaceQuota {
                throw .refused(
                    HFSError(
                        .namespaceQuotaExceeded,
                        "The NameSpace quota (directories and files) of directory \(path.prefix(depth)) is exceeded: "
                            + "quota=\(row.namespaceQuota) file count=\(entries)"))
            }
            let space = sum(counter.space, delta.space)
            if row.spaceQuota >= 0, delta.space > 0, space > row.spaceQuota {
                throw .refused(
                    HFSError(
                        .spaceQuotaExceeded,
                        "The DiskSpace quota of \(path.prefix(depth)) is exceeded: quota = \(row.spaceQuota) B = "
                            + "\(binaryText(row.spaceQuota)) but diskspace consumed = \(space) B = \(binaryText(space))"
                    ))
            }
        }
    }

    /// Refuses what would take the whole namespace over `Limits.namespaceSpaceBytesMax`. No directory counts more than the
    /// root, so no counter can leave its range.
    static func checkTotal(_ delta: Counter, _ view: any MetadataView) throws(PlanInterrupt) {
        guard delta.length > 0 || delta.space > 0 else { return }
        let total = try view.counter(InodeID.root.rawValue)
        let most = Limits.namespaceSpaceBytesMax
        guard sum(total.length, delta.length) <= most, sum(total.space, delta.space) <= most else {
            throw .refused(
                HFSError(
                    .spaceQuotaExceeded, "The namespace holds at most \(most) bytes with all copies: it would have more"
                ))
        }
    }

    /// Of two outside numbers, at most the largest Int64.
    static func sum(_ a: Int64, _ b: Int64) -> Int64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? (a < 0 ? .min : .max) : sum
    }

    /// Of two outside numbers that are not negative, at most the largest Int64.
    static func product(_ a: Int64, _ b: Int64) -> Int64 {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? .max : product
    }

    /// Adds `delta` to each of `directories`; the last one, the parent, also gets `children` and the time.
    static func count(
        _ delta: Counter, in directories: some BidirectionalCollection<InodeID>, children: Int64 = 0,
        nowMs: Int64? = nil,
        _ mutation: inout Mutation
    ) {
        guard let parent = directories.last else { return }
        for directory in directories.dropLast() where delta != Counter() { mutation.add(directory.rawValue, delta) }
        var last = delta
        last.children += children
        if let nowMs { last.modifiedMs = nowMs }
        if last != Counter() { mutation.add(parent.rawValue, last) }
    }

    /// HDFS's `TraditionalBinaryPrefix` with two decimals: `128 MB`, `1.50 GB`.
    static func binaryText(_ bytes: Int64) -> String {
        let units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"]
        var unit = 0
        var scale: Int64 = 1
        while unit < units.count - 1, bytes / scale >= 1024 {
            scale *= 1024
            unit += 1
        }
        guard bytes % scale != 0 else { return "\(bytes / scale) \(units[unit])" }
        let hundredths = Int64((Double(bytes) / Double(scale) * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) \(units[unit])"
    }
}
