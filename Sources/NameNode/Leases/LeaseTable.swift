import Core

/// Who writes which files and when they last said so. A value without clock: time comes with every call, in milliseconds of a
/// clock that never jumps.
struct LeaseTable {
    private struct Holder {
        var renewedMs: Int64
        var files: Set<InodeID> = []
    }

    struct Expired: Hashable, Sendable {
        var inode: InodeID
        var holder: String
    }

    private var holders: [String: Holder] = [:]
    private var holderOf: [InodeID: String] = [:]

    var fileCount: Int { holderOf.count }

    mutating func open(_ inode: InodeID, holder: String, nowMs: Int64) {
        close(inode)
        holderOf[inode] = holder
        holders[holder, default: Holder(renewedMs: nowMs)].files.insert(inode)
        holders[holder]?.renewedMs = nowMs
    }

    func holder(of inode: InodeID) -> String? { holderOf[inode] }

    mutating func close(_ inode: InodeID) {
        guard let holder = holderOf.removeValue(forKey: inode) else { return }
        holders[holder]?.files.remove(inode)
        if holders[holder]?.files.isEmpty == true { holders[holder] = nil }
    }

    mutating func renew(_ holder: String, nowMs: Int64) {
        holders[holder]?.renewedMs = nowMs
    }

    func openFiles(of holder: String) -> Int { holders[holder]?.files.count ?? 0 }

    /// Holders that were silent for more than `limitMs`.
    func expiredHolders(nowMs: Int64, limitMs: Int64) -> Set<String> {
        Set(holders.lazy.filter { nowMs - $0.value.renewedMs > limitMs }.map(\.key))
    }

    /// Their files, in the order of inode ids; their clocks start again, so that the next call names them only after another
    /// `limitMs`.
    mutating func takeExpired(nowMs: Int64, limitMs: Int64) -> [Expired] {
        var expired: [Expired] = []
        for holder in expiredHolders(nowMs: nowMs, limitMs: limitMs) {
            expired += (holders[holder]?.files ?? []).map { Expired(inode: $0, holder: holder) }
            holders[holder]?.renewedMs = nowMs
        }
        return expired.sorted { $0.inode < $1.inode }
    }
}
