internal import CWriteBack
internal import Core
internal import Glibc

/// A file descriptor that is closed with its last reference. Its calls may be made from any thread; the kernel orders them.
final class OpenFile: Sendable {
    let descriptor: Int32
    let path: String
    private let isLocked: Bool

    init(descriptor: Int32, path: String, isLocked: Bool = false) {
        self.descriptor = descriptor
        self.path = path
        self.isLocked = isLocked
    }

    deinit {
        // A child of this process has the file open, too, until it executes its program.
        if isLocked { flock(descriptor, LOCK_UN) }
        _ = Glibc.close(descriptor)
    }

    /// Makes a file and takes an exclusive lock on it, held as long as the result; nil when somebody else has it.
    static func locked(_ path: String) throws(HFSError) -> OpenFile? {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileSystem.error("open", path) }
        let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        let file = OpenFile(descriptor: descriptor, path: path, isLocked: isLocked)
        return isLocked ? file : nil
    }

    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o644) throws(HFSError) -> OpenFile {
        while true {
            let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
            if descriptor >= 0 { return OpenFile(descriptor: descriptor, path: path) }
            if errno != EINTR { throw FileSystem.error("open", path) }
        }
    }

    /// Reads up to `buffer.count` bytes at `offset`; fewer only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(HFSError) -> Int {
        var done = 0
        while done < buffer.count {
            let count = pread(
                descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(offset) + off_t(done))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileSystem.error("read", path)
            }
            done += count
        }
        return done
    }

    func read(at offset: UInt64, count: Int) throws(HFSError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var failure: HFSError?
        let got = bytes.withUnsafeMutableBytes { buffer -> Int in
            do throws(HFSError) { return try read(into: buffer, at: offset) } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        if got < count { bytes.removeLast(count - got) }
        return bytes
    }

    /// Writes all of `buffer` at `offset`. Errors: `.noSpace` on a full disk, else `.io`.
    func write(_ buffer: UnsafeRawBufferPointer, at offset: UInt64) throws(HFSError) {
        var done = 0
        while done < buffer.count {
            let count = pwrite(
                descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(offset) + off_t(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw FileSystem.error("write", path)
            }
            done += count
        }
    }

    func write(_ bytes: [UInt8], at offset: UInt64) throws(HFSError) {
        var failure: HFSError?
        bytes.withUnsafeBytes { buffer in
            do throws(HFSError) { try write(buffer, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    func truncate(to length: UInt64) throws(HFSError) {
        guard ftruncate(descriptor, off_t(length)) == 0 else { throw FileSystem.error("truncate", path) }
    }

    /// Has the kernel begin to write what it holds of the file, without waiting. What takes up disk space then joins the file
    /// system's transaction that runs, so that the next sync of any file takes it along.
    func startWriteBack() throws(HFSError) { try writeBack(waits: false) }

    /// Waits until the device has what the kernel holds of the file. No promise about a power cut: that is `syncData`'s.
    func writeBack() throws(HFSError) { try writeBack(waits: true) }

    private func writeBack(waits: Bool) throws(HFSError) {
        if hfs_write_back(descriptor, waits ? 1 : 0) == 0 { return }
        // Some sandboxes lack the call.
        guard errno == ENOSYS else { throw FileSystem.error("sync_file_range", path) }
        try syncData()
    }

    /// Waits until data and length are on the disk.
    func syncData() throws(HFSError) {
        guard fdatasync(descriptor) == 0 else { throw FileSystem.error("fdatasync", path) }
    }

    func size() throws(HFSError) -> UInt64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileSystem.error("fstat", path) }
        return UInt64(status.st_size)
    }
}
