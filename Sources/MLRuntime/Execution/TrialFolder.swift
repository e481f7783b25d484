import Core
import Glibc

/// The local directory of an attempt: what its program writes and the agent collects.
struct TrialFolder {
    let path: String

    var logs: String { "\(path)/logs" }
    var checkpoints: String { "\(path)/checkpoints" }
    var outputs: String { "\(path)/outputs.json" }
    /// Modules that Python programs find.
    var modules: String { "\(path)/python" }
    /// Where a job's program starts, with what travels with it.
    var work: String { "\(path)/work" }

    init() throws(HFSError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/hfs-trial-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Self.error("make a directory in \(parent)") }
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for folder in [logs, checkpoints] where mkdir(folder, 0o755) != 0 { throw Self.error("make \(folder)") }
    }

    func makeWork() throws(HFSError) {
        if mkdir(work, 0o755) != 0 { throw Self.error("make \(work)") }
    }

    /// Makes a file that only this user can read.
    static func write(_ bytes: [UInt8], to file: String) throws(HFSError) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw error("write \(file)") }
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            guard count > 0 || errno == EINTR else { throw error("write \(file)") }
            done += max(count, 0)
        }
    }

    static func makeExecutable(_ file: String) throws(HFSError) {
        if chmod(file, 0o755) != 0 { throw error("make \(file) executable") }
    }

    /// Removes it with all that is in it.
    func remove() { Self.remove(path) }

    /// Regular files below `folder` with their paths from there, in order. Links and special files are left out.
    static func files(in folder: String) -> [String] {
        entries(folder).flatMap { name -> [String] in
            var status = stat()
            guard lstat("\(folder)/\(name)", &status) == 0 else { return [] }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: return files(in: "\(folder)/\(name)").map { "\(name)/\($0)" }
            case S_IFREG: return [name]
            default: return []
            }
        }
    }

    /// Whether a directory is there.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether a regular file is there, or a link to one.
    static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// nil when there is no such file.
    static func contents(of file: String, bytesMax: Int) throws(HFSError) -> [UInt8]? {
        guard let stream = fopen(file, "r") else {
            if errno == ENOENT { return nil }
            throw error("read \(file)")
        }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = fread(&part, 1, part.count, stream), count > 0 {
            bytes += part.prefix(count)
            guard bytes.count <= bytesMax else {
                throw HFSError(.invalidArgument, "\(file) is longer than \(bytesMax) bytes")
            }
        }
        return bytes
    }

    /// The names in a directory, in order; none where there is none.
    static func entries(_ folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file, or a directory with all that is in it.
    static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in entries(path) { remove("\(path)/\(name)") }
        rmdir(path)
    }

    static func error(_ what: String) -> HFSError {
        HFSError(.io, "Cannot \(what)", cause: String(cString: strerror(errno)))
    }
}
