import Glibc

/// The directories and files below a local path, in order of names, parents first.
enum LocalTree {
    enum Kind: Sendable { case directory, file, other }

    struct Entry: Sendable {
        let path: String
        /// Below the start, with `/`; empty for the start itself.
        let relativePath: String
        let kind: Kind
        let length: UInt64
        let mode: UInt16
        let modifiedMs: Int64
        let accessedMs: Int64
    }

    /// The entry at `path`; symbolic links are followed.
    static func entry(_ path: String, relativePath: String = "") throws -> Entry {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Complaint(errnoOf: path) }
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFDIR: .directory
            case S_IFREG: .file
            default: .other
            }
        func ms(_ time: timespec) -> Int64 { Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000 }
        return Entry(
            path: path, relativePath: relativePath, kind: kind, length: kind == .file ? UInt64(status.st_size) : 0,
            mode: UInt16(status.st_mode & 0o777), modifiedMs: ms(status.st_mtim), accessedMs: ms(status.st_atim))
    }

    /// `start` and everything below it. What cannot be read goes to `onError` and is left out; so does a directory that
    /// a symbolic link leads back into.
    static func walk(_ start: Entry, onError: (Complaint) throws -> Void) throws -> [Entry] {
        var result: [Entry] = []
        var pending = [start]
        while let entry = pending.popLast() {
            result.append(entry)
            guard entry.kind == .directory else { continue }
            if entry.relativePath.split(separator: "/").count > 200 {
                try onError(Complaint(entry.path, "Too many levels of directories"))
                continue
            }
            do {
                for name in try names(entry.path).reversed() {
                    let relative = entry.relativePath.isEmpty ? name : "\(entry.relativePath)/\(name)"
                    do {
                        pending.append(try self.entry("\(entry.path)/\(name)", relativePath: relative))
                    } catch let complaint as Complaint {
                        try onError(complaint)
                    }
                }
            } catch let complaint as Complaint {
                try onError(complaint)
            }
        }
        return result
    }

    private static func names(_ directory: String) throws -> [String] {
        guard let stream = opendir(directory) else { throw Complaint(errnoOf: directory) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
