import CSQLite
import Core
import Glibc
import Synchronization

/// A SQLite VFS that asks a `FaultFileIO` before each change of a file: the shard files' part of a kill-point sweep.
///
/// It is the system's VFS with four functions replaced. One test at a time uses it, as C functions capture nothing.
enum FaultVFS {
    static let name = "hfs-fault"
    static let owner = Mutex<FaultFileIO?>(nil)
    /// By the system's tables: one for database files, one for those without locks. Their writes are the same function.
    nonisolated(unsafe) private static var tables:
        [UnsafePointer<sqlite3_io_methods>: UnsafeMutablePointer<sqlite3_io_methods>] = [:]
    nonisolated(unsafe) private static var baseMethods: UnsafePointer<sqlite3_io_methods>!
    nonisolated(unsafe) private static var base: UnsafeMutablePointer<sqlite3_vfs>!
    nonisolated(unsafe) private static var cName = strdup(name)

    static let isRegistered: Bool = {
        base = sqlite3_vfs_find(nil)
        let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        vfs.initialize(to: base.pointee)
        vfs.pointee.zName = UnsafePointer(cName)
        vfs.pointee.pNext = nil
        vfs.pointee.xOpen = { _, path, file, flags, outFlags in
            let code = FaultVFS.base.pointee.xOpen(FaultVFS.base, path, file, flags, outFlags)
            if code == SQLITE_OK, let file, let found = file.pointee.pMethods { FaultVFS.wrap(file, found) }
            return code
        }
        vfs.pointee.xDelete = { _, path, sync in
            FaultVFS.mayChange(.remove) ? FaultVFS.base.pointee.xDelete(FaultVFS.base, path, sync) : SQLITE_IOERR
        }
        return sqlite3_vfs_register(vfs, 0) == SQLITE_OK
    }()

    private static let lock = ConditionLock()

    private static func wrap(_ file: UnsafeMutablePointer<sqlite3_file>, _ found: UnsafePointer<sqlite3_io_methods>) {
        lock.withLock {
            if let table = tables[found] {
                file.pointee.pMethods = UnsafePointer(table)
                return
            }
            baseMethods = found
            let table = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
            table.initialize(to: found.pointee)
            table.pointee.xWrite = { file, bytes, count, offset in
                FaultVFS.mayChange(.write)
                    ? FaultVFS.baseMethods.pointee.xWrite(file, bytes, count, offset) : SQLITE_IOERR
            }
            table.pointee.xSync = { file, flags in
                FaultVFS.mayChange(.sync) ? FaultVFS.baseMethods.pointee.xSync(file, flags) : SQLITE_IOERR
            }
            table.pointee.xTruncate = { file, size in
                FaultVFS.mayChange(.truncate) ? FaultVFS.baseMethods.pointee.xTruncate(file, size) : SQLITE_IOERR
            }
            tables[found] = table
            file.pointee.pMethods = UnsafePointer(table)
        }
    }

    private static func mayChange(_ call: FaultFileIO.Call) -> Bool {
        guard let owner = owner.withLock({ $0 }) else { return true }
        do throws(HFSError) {
            try owner.count(call, "shard")
            return true
        } catch {
            return false
        }
    }
}
