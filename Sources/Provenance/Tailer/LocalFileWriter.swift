import Core
import Glibc

/// A new local file, written from its beginning to its end and synced.
struct LocalFileWriter: ~Copyable {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws(HFSError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.error(path) }
    }

    deinit { _ = Glibc.close(descriptor) }

    func write(_ bytes: [UInt8]) throws(HFSError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
            }
            guard count > 0 || errno == EINTR else { throw Self.error(path) }
            done += max(count, 0)
        }
    }

    func sync() throws(HFSError) {
        guard fsync(descriptor) == 0 else { throw Self.error(path) }
    }

    private static func error(_ path: String) -> HFSError {
        let code = errno
        return HFSError(code == ENOSPC ? .noSpace : .io, "Cannot write \(path)", cause: String(cString: strerror(code)))
    }
}
