import Core
import MetaStore

/// Who may write an open file (HDFS `FSNamesystem.checkLease`, `recoverLeaseInternal`).
enum LeaseRules {
    /// The open file of `holder` at `resolved`, or `.leaseExpired` with HDFS's texts.
    static func check(
        _ resolved: ResolvedPath?, path: FilePath, inode: InodeID?, holder: String, openFiles: Int,
        _ view: any MetadataView
    ) throws(PlanInterrupt) -> (inode: InodeID, file: FileAttributes, lease: LeaseRow) {
        let subject = "No lease on \(resolved?.path ?? path) (inode \(inode?.rawValue ?? 0)): "
        let tail =
            openFiles > 0
            ? "[Lease.  Holder: \(holder), pendingcreates: \(openFiles)]"
            : "Holder \(holder) does not have any open files."
        guard let target = resolved?.target else {
            throw refusal(.leaseExpired, subject + "File does not exist. " + tail)
        }
        guard case .file(let id, let file) = target else {
            throw refusal(.leaseExpired, subject + "INode is not a regular file. " + tail)
        }
        guard file.isUnderConstruction, let lease = try view.lease(id) else {
            throw refusal(.leaseExpired, subject + "File is not open for writing. " + tail)
        }
        guard lease.holder == holder else {
            throw refusal(
                .leaseExpired,
                "Lease mismatch on \(resolved?.path ?? path) (inode \(inode?.rawValue ?? 0)) owned by \(lease.holder) "
                    + "but is accessed by \(holder)")
        }
        return (id, file, lease)
    }

    /// Why an open file cannot be created or appended to again. A writer past its soft limit loses the file: the caller
    /// starts its recovery and tries again later.
    static func refuseWhileOpen(
        _ inode: InodeID, call: String, path: FilePath, holder: String, client: String, expiredHolders: Set<String>,
        _ view: any MetadataView
    ) throws(PlanInterrupt) {
        let lease = try view.lease(inode)
        let failed = "Failed to \(call) \(path) for \(holder) on \(client) because "
        guard let lease else {
            throw refusal(.alreadyBeingCreated, failed + "the file is under construction but no leases found.")
        }
        if lease.recoveryStamp != 0 {
            throw refusal(
                .recoveryInProgress,
                failed + "another recovery is in progress by \(lease.holder) on \(lease.address)")
        }
        if lease.holder == holder {
            throw refusal(.alreadyBeingCreated, failed + "\(holder) is already the current lease holder.")
        }
        if expiredHolders.contains(lease.holder) {
            throw refusal(.recoveryInProgress, failed + "lease recovery is in progress. Try again later.")
        }
        throw refusal(
            .alreadyBeingCreated,
            failed + "this file lease is currently owned by \(lease.holder) on \(lease.address)")
    }
}
