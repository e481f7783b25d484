import Core
import MetaStore

/// What lies below a path, from counters (HDFS `getContentSummary`, `getQuotaUsage`). An open block counts with the bytes that
/// were synced, not as a whole one; the right to read is checked on the path itself, not on every directory below.
struct GetContentSummary: NamespaceRead {
    var caller: Caller
    var path: FilePath

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> ContentSummary {
        let resolved = try resolve(path, view)
        switch resolved.target {
        case nil:
            try checker(view).check(resolved)
            throw refusal(.fileNotFound, "File does not exist: \(path)")
        case .file(_, let file):
            try checker(view).check(resolved)
            return ContentSummary(
                length: file.length, fileCount: 1, directoryCount: 0, namespaceQuota: -1,
                spaceConsumed: UInt64(file.space), spaceQuota: -1)
        case .directory(let inode):
            try checker(view).check(resolved, access: [.read, .execute])
            let row = try view.requireDirectory(inode)
            let counter = try view.counter(inode.rawValue)
            return ContentSummary(
                length: UInt64(clamping: counter.length), fileCount: UInt64(clamping: counter.files),
                directoryCount: UInt64(clamping: counter.directories + 1), namespaceQuota: row.namespaceQuota,
                spaceConsumed: UInt64(clamping: counter.space), spaceQuota: row.spaceQuota)
        }
    }
}
