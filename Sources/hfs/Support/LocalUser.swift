import Glibc

/// The user that runs this process.
enum LocalUser {
    static let name: String = {
        if let entry = getpwuid(geteuid()) { return String(cString: entry.pointee.pw_name) }
        return Environment["USER"] ?? String(geteuid())
    }()

    static let home: String = {
        if let home = Environment["HOME"] { return home }
        if let entry = getpwuid(geteuid()) { return String(cString: entry.pointee.pw_dir) }
        return "/"
    }()
}
