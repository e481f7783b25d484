import Client
import Core

extension InputManifest {
    /// What a trial that has left a result read; nil where it read nothing, or nothing is known of it.
    static func kept(
        _ paths: ExperimentPaths, _ trial: Int, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> InputManifest? {
        do throws(HFSError) {
            let bytes = try await fileSystem.contents(of: "\(paths.result(trial))/\(fileName)")
            return try CanonicalJSON.value(InputManifest.self, from: bytes)
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return nil
        }
    }

    /// Equal for trials that read the same versions of the same files: eight hexadecimal digits of a checksum.
    var fingerprint: String {
        let lines = inputs.map { "\($0.inode) \($0.length) \($0.modifiedMs)" }.sorted()
        let digits = String(CRC32C.checksum(Array(lines.joined(separator: "\n").utf8)), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
