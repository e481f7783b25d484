internal import Core
internal import Glibc

/// The calls on names that the store makes, with errno turned into the error that a caller can react to.
enum FileSystem {
    /// `.noSpace` for a full disk or quota, `.fileNotFound` for a missing name, `.retriable` when the process or system is short
    /// of descriptors or memory, else `.io`, which means a failing disk; reads errno.
    static func error(_ call: String, _ path: String) -> HFSError {
        let number = errno
        let code: HFSError.Code
        switch number {
        case ENOSPC, EDQUOT: code = .noSpace
        case ENOENT: code = .fileNotFound
        case EMFILE, ENFILE, ENOMEM: code = .retriable
        default: code = .io
        }
        return HFSError(code, "\(call) failed", subject: path, cause: String(cString: strerror(number)))
    }

    static func rename(_ from: String, to target: String) throws(HFSError) {
        guard Glibc.rename(from, target) == 0 else { throw error("rename to \(target)", from) }
    }

    static func makeDirectory(_ path: String) throws(HFSError) {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw error("mkdir", path) }
    }

    /// Makes `path` and what is missing above it.
    static func makeDirectories(_ path: String) throws(HFSError) {
        var prefix = path.hasPrefix("/") ? "" : "."
        for component in path.split(separator: "/") {
            prefix += "/" + component
            try makeDirectory(prefix)
        }
    }

    /// True when the name existed.
    @discardableResult
    static func remove(_ path: String) throws(HFSError) -> Bool {
        if unlink(path) == 0 { return true }
        if errno == ENOENT { return false }
        throw error("unlink", path)
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func size(_ path: String) throws(HFSError) -> UInt64 {
        var status = stat()
        guard stat(path, &status) == 0 else { throw error("stat", path) }
        return UInt64(status.st_size)
    }

    /// Waits until the names in a directory are on the disk.
    static func syncDirectory(_ path: String) throws(HFSError) {
        let directory = try OpenFile.open(path, O_RDONLY | O_DIRECTORY)
        guard fsync(directory.descriptor) == 0 else { throw error("fsync", path) }
    }

    /// The names in a directory, unordered, without `.` and `..`.
    static func names(in path: String) throws(HFSError) -> [String] {
        guard let directory = opendir(path) else { throw error("opendir", path) }
        defer { closedir(directory) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(directory) else {
                if errno != 0 { throw error("readdir", path) }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
    }

    /// Replaces a small file so that after a crash it holds the old or the new text, and the new one when this returned.
    static func replace(_ path: String, with text: String) throws(HFSError) {
        let temporary = path + ".new"
        let file = try OpenFile.open(temporary, O_WRONLY | O_CREAT | O_TRUNC)
        try file.write(Array(text.utf8), at: 0)
        guard fsync(file.descriptor) == 0 else { throw error("fsync", temporary) }
        try rename(temporary, to: path)
        try syncDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
    }

    static func readText(_ path: String, bytesMax: Int) throws(HFSError) -> String {
        let file = try OpenFile.open(path, O_RDONLY)
        return String(decoding: try file.read(at: 0, count: bytesMax), as: UTF8.self)
    }
}
