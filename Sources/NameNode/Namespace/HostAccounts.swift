import Glibc

/// Users and groups of this host.
package enum HostAccounts {
    /// Groups of one user; no system gives out more.
    private static let groupsMax = 1024

    /// The user's primary group first. Empty for a user that the host does not know. May block.
    @Sendable package static func groups(_ user: String) -> [String] {
        guard let account = account(user) else { return [] }
        var count = Int32(groupsMax)
        var ids = [gid_t](repeating: 0, count: groupsMax)
        guard getgrouplist(user, account, &ids, &count) >= 0 else { return [] }
        return ids.prefix(Int(count)).compactMap(name)
    }

    /// The name of the user that this process runs as; the number when it has none.
    package static func currentUser() -> String {
        withBuffer { buffer, size in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            getpwuid_r(geteuid(), &entry, buffer, size, &found)
            return found.flatMap { entry in entry.pointee.pw_name.map { String(cString: $0) } }
        } ?? String(geteuid())
    }

    private static func account(_ user: String) -> gid_t? {
        withBuffer { buffer, size in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            getpwnam_r(user, &entry, buffer, size, &found)
            return found?.pointee.pw_gid
        }
    }

    private static func name(_ id: gid_t) -> String? {
        withBuffer { buffer, size in
            var entry = group()
            var found: UnsafeMutablePointer<group>?
            getgrgid_r(id, &entry, buffer, size, &found)
            return found.flatMap { entry in entry.pointee.gr_name.map { String(cString: $0) } }
        }
    }

    private static func withBuffer<R>(_ body: (UnsafeMutablePointer<CChar>, Int) -> R?) -> R? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64 << 10) { memory in
            memory.baseAddress.flatMap { body($0, memory.count) }
        }
    }
}
