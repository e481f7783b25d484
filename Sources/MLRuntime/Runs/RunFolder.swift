import Client
package import Core
import Glibc

/// What a run's program finds on disk, in a directory of its own that only its user can read: the token, and a Hadoop
/// configuration with which clients use it.
package struct RunFolder: Sendable {
    let path: String

    private static let configurationBytesMax = 16 << 20

    package var tokenFile: String { "\(path)/token" }
    package var configuration: String { "\(path)/conf" }

    /// Makes the directory and its files.
    /// - Parameter given: the user's own Hadoop configuration, kept but for what is added.
    package init(token: DelegationToken, services: [String], uri: String, given: String?) throws(HFSError) {
        var template = Array("\(Environment["XDG_RUNTIME_DIR"] ?? "/tmp")/hfs-run-XXXXXX\0".utf8CString)
        guard mkdtemp(&template) != nil else { throw TrialFolder.error("make a directory for the token") }
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do throws(HFSError) {
            try SmallFile.write(ProcessToken.file(token, services: services), to: tokenFile, mode: 0o600)
            guard mkdir(configuration, 0o700) == 0 else { throw TrialFolder.error("make \(configuration)") }
            try writeConfiguration(uri: uri, given: given)
        } catch {
            remove()
            throw error
        }
    }

    package func remove() {
        for folder in [configuration, path] {
            for name in TrialFolder.entries(folder) { unlink("\(folder)/\(name)") }
            rmdir(folder)
        }
    }

    private func writeConfiguration(uri: String, given: String?) throws(HFSError) {
        let core = try Self.read("core-site.xml", in: given)
        let hdfs = try Self.read("hdfs-site.xml", in: given)
        let site = HadoopSite(core: core, hdfs: hdfs, uri: uri)
        try SmallFile.write(Array(site.core.utf8), to: "\(configuration)/core-site.xml", mode: 0o600)
        try SmallFile.write(Array(site.hdfs.utf8), to: "\(configuration)/hdfs-site.xml", mode: 0o600)
        guard let given else { return }
        for name in TrialFolder.entries(given) where name != "core-site.xml" && name != "hdfs-site.xml" {
            symlink("\(given)/\(name)", "\(configuration)/\(name)")
        }
    }

    /// nil when there is no such file.
    private static func read(_ name: String, in folder: String?) throws(HFSError) -> String? {
        guard let folder else { return nil }
        let bytes = try TrialFolder.contents(of: "\(folder)/\(name)", bytesMax: configurationBytesMax)
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}
