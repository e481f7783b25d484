import Core
import Glibc

/// Small files of this host, written whole.
enum SmallFile {
    /// Writes a new file; `.io` when there is one.
    /// - Parameter syncs: it is on disk when this returns.
    static func write(
        _ bytes: [UInt8], to file: String, mode: mode_t = 0o644, syncs: Bool = false
    ) throws(HFSError) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw TrialFolder.error("write \(file)") }
        defer { close(descriptor) }
        try write(bytes, to: descriptor, of: file)
        guard !syncs || fsync(descriptor) == 0 else { throw TrialFolder.error("write \(file)") }
    }

    /// Writes all of `bytes` to what is open.
    static func write(_ bytes: [UInt8], to descriptor: Int32, of file: String) throws(HFSError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            guard count > 0 || errno == EINTR else { throw TrialFolder.error("write \(file)") }
            done += max(count, 0)
        }
    }
}
