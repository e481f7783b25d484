internal import Glibc
internal import Synchronization

/// A file descriptor of the host.
final class SystemFile: IOFile {
    private let descriptor: Int32
    private let path: String
    private let isLocked: Bool
    private let isClosed = Atomic<Bool>(false)

    init(descriptor: Int32, path: String, isLocked: Bool = false) {
        self.descriptor = descriptor
        self.path = path
        self.isLocked = isLocked
    }

    deinit { close() }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(HFSError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemFileIO.error("write", path) }
            done += count
        }
    }

    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(HFSError) -> Int {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemFileIO.error("read", path) }
            if count == 0 { break }
            done += count
        }
        return done
    }

    func sync() throws(HFSError) {
        guard fdatasync(descriptor) == 0 else { throw SystemFileIO.error("fdatasync", path) }
    }

    func size() throws(HFSError) -> UInt64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemFileIO.error("fstat", path) }
        return UInt64(status.st_size)
    }

    func truncate(to size: UInt64) throws(HFSError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw SystemFileIO.error("truncate", path) }
    }

    func close() {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        // A child of this process has the file open, too, until it executes its program.
        if isLocked { flock(descriptor, LOCK_UN) }
        Glibc.close(descriptor)
    }
}
