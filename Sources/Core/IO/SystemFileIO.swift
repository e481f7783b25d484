internal import Glibc

/// The host's file system.
package final class SystemFileIO: FileIO {
    package init() {}

    package func open(_ path: String, _ mode: FileOpenMode) throws(HFSError) -> any IOFile {
        let flags: Int32 =
            switch mode {
            case .readOnly: O_RDONLY
            case .readWrite: O_RDWR
            case .create: O_RDWR | O_CREAT | O_EXCL
            case .replace: O_RDWR | O_CREAT | O_TRUNC
            }
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw Self.error("open", path) }
        return SystemFile(descriptor: descriptor, path: path)
    }

    package func list(_ directory: String) throws(HFSError) -> [String] {
        guard let stream = opendir(directory) else { throw Self.error("list", directory) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    package func createDirectory(_ path: String) throws(HFSError) {
        if path.isEmpty || exists(path) { return }
        let parent = Self.directory(of: path)
        if parent != path { try createDirectory(parent) }
        guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw Self.error("mkdir", path) }
        try syncDirectory(parent)
    }

    package func rename(_ path: String, to target: String) throws(HFSError) {
        guard Glibc.rename(path, target) == 0 else { throw Self.error("rename", path) }
    }

    package func remove(_ path: String) throws(HFSError) {
        guard unlink(path) == 0 else { throw Self.error("remove", path) }
    }

    package func syncDirectory(_ path: String) throws(HFSError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error("open", path) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.error("fsync", path) }
    }

    package func freeBytes(at path: String) throws(HFSError) -> UInt64 {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw Self.error("statvfs", path) }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    package func lock(_ path: String) throws(HFSError) -> any IOFile {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw Self.error("open", path) }
        // flock belongs to the open file, so that a second opener in the same process is refused as well.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            guard code == EWOULDBLOCK else { throw Self.error("lock", path, code) }
            throw HFSError(.lockHeld, "another process uses this directory", subject: path)
        }
        return SystemFile(descriptor: descriptor, path: path, isLocked: true)
    }

    static func error(_ call: String, _ path: String, _ code: Int32 = errno) -> HFSError {
        let full = code == ENOSPC || code == EDQUOT
        return HFSError(full ? .noSpace : .io, "\(call) failed", subject: path, cause: String(cString: strerror(code)))
    }
}
