internal import Glibc

/// The user that runs this process.
package enum LocalUser {
    package static let name: String = {
        if let entry = getpwuid(geteuid()) { return String(cString: entry.pointee.pw_name) }
        return Environment["USER"] ?? String(geteuid())
    }()

    package static let home: String = {
        if let home = Environment["HOME"] { return home }
        if let entry = getpwuid(geteuid()) { return String(cString: entry.pointee.pw_dir) }
        return "/"
    }()
}
