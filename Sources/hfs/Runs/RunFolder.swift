import Client
import Core
import Glibc

/// What a run's program finds on disk, in a directory of its own that only its user can read: the token, and a Hadoop
/// configuration with which clients use it.
struct RunFolder {
    let path: String

    var tokenFile: String { "\(path)/token" }
    var configuration: String { "\(path)/conf" }

    /// Makes the directory and its files.
    /// - Parameter given: the user's own Hadoop configuration, kept but for what is added.
    init(token: DelegationToken, services: [String], uri: String, given: String?) throws {
        var template = Array("\(Environment["XDG_RUNTIME_DIR"] ?? "/tmp")/hfs-run-XXXXXX\0".utf8CString)
        guard mkdtemp(&template) != nil else { throw Complaint(errnoOf: "a directory for the token") }
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do {
            try Self.write(ProcessToken.file(token, services: services), to: tokenFile)
            guard mkdir(configuration, 0o700) == 0 else { throw Complaint(errnoOf: configuration) }
            try writeConfiguration(uri: uri, given: given)
        } catch {
            remove()
            throw error
        }
    }

    func remove() {
        for folder in [configuration, path] {
            for name in Self.names(in: folder) { unlink("\(folder)/\(name)") }
            rmdir(folder)
        }
    }

    private func writeConfiguration(uri: String, given: String?) throws {
        let core = try given.map { try Self.read("\($0)/core-site.xml") } ?? nil
        let hdfs = try given.map { try Self.read("\($0)/hdfs-site.xml") } ?? nil
        let site = HadoopSite(core: core, hdfs: hdfs, uri: uri)
        try Self.write(Array(site.core.utf8), to: "\(configuration)/core-site.xml")
        try Self.write(Array(site.hdfs.utf8), to: "\(configuration)/hdfs-site.xml")
        guard let given else { return }
        for name in Self.names(in: given) where name != "core-site.xml" && name != "hdfs-site.xml" {
            symlink("\(given)/\(name)", "\(configuration)/\(name)")
        }
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// nil when there is no such file.
    private static func read(_ file: String) throws -> String? {
        guard let stream = fopen(file, "r") else {
            if errno == ENOENT { return nil }
            throw Complaint(errnoOf: file)
        }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&part, 1, part.count, stream), count > 0 { bytes += part.prefix(count) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func write(_ bytes: [UInt8], to file: String) throws {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Complaint(errnoOf: file) }
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            guard count > 0 || errno == EINTR else { throw Complaint(errnoOf: file) }
            done += max(count, 0)
        }
    }
}
