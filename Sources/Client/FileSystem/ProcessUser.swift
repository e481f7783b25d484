import Glibc

/// The user that calls are made as when the caller names none.
enum ProcessUser {
    /// `HFS_USER`, else `HADOOP_USER_NAME`, else the account that the process runs as.
    static var name: String {
        for variable in ["HFS_USER", "HADOOP_USER_NAME"] {
            if let value = getenv(variable) {
                let text = String(cString: value)
                if !text.isEmpty { return text }
            }
        }
        return account(getuid()) ?? "uid\(getuid())"
    }

    private static func account(_ id: uid_t) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        guard getpwuid_r(id, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name else {
            return nil
        }
        return String(cString: name)
    }
}
