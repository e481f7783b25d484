import Core
import Glibc

/// An unnamed file with some bytes in it.
final class TemporaryFile {
    let descriptor: Int32

    init(_ bytes: [UInt8]) throws {
        var name = Array("/tmp/hfs-transport-XXXXXX".utf8CString)
        descriptor = mkstemp(&name)
        guard descriptor >= 0, unlink(name) == 0, write(descriptor, bytes, bytes.count) == bytes.count else {
            throw HFSError(.io, "no temporary file")
        }
    }

    deinit { close(descriptor) }
}
