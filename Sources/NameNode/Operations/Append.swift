import Core
import MetaStore

/// Opens a file for writing behind its end (HDFS `append`). Always answers without a block, so the writer begins a new one
/// and finalized blocks stay as they are.
struct Append: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    var holder: String
    var expiredHolders: Set<String> = []

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let resolved = try view.resolve(path, rows: true)
        if case .directory = resolved.target {
            throw refusal(.alreadyExists, "Cannot append to directory \(path); already exists as a directory.")
        }
        try checker(view).check(resolved, access: .write)
        guard case .file(let inode, var file) = resolved.target else {
            throw refusal(
                .fileNotFound, "failed to append to non-existent file \(path) for client \(caller.address)")
        }
        if file.isUnderConstruction {
            try LeaseRules.refuseWhileOpen(
                inode, call: "APPEND_FILE", path: path, holder: holder, client: caller.address,
                expiredHolders: expiredHolders, view)
        }
        var mutation = Mutation()
        file.isUnderConstruction = true
        mutation.put(file, inode, at: resolved)
        mutation.put(Keys.lease(inode), LeaseRow(holder: holder, address: caller.address, run: caller.run).image)
        mutation.tell(.append, inode, at: resolved)
        let status = StatusBuilder.status(inode, file)
        return Planned(mutation, Answer(.appended(status), [.leaseOpened(inode, holder: holder, run: caller.run)]))
    }
}
