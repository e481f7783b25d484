import Glibc

/// A pipe that wakes whoever polls its reading end: signalled once, readable for ever.
final class WakeupPipe: Sendable {
    /// Readable once `signal` was called.
    let descriptor: Int32
    private let writingEnd: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Complaint(errnoOf: "pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        descriptor = ends[0]
        writingEnd = ends[1]
    }

    deinit {
        close(descriptor)
        close(writingEnd)
    }

    /// From any thread.
    func signal() {
        var byte: UInt8 = 1
        _ = write(writingEnd, &byte, 1)
    }
}
