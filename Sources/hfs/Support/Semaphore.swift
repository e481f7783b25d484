import Glibc

/// A counting semaphore of the C library, for handing work to a dedicated thread.
///
/// `@unchecked Sendable`: `sem_post` and `sem_wait` may be called from any thread; the memory is freed once nobody holds it.
final class Semaphore: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() {
        while sem_wait(semaphore) == -1, errno == EINTR {}
    }
}
