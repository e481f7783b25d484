import Glibc

/// Runs a body on several threads of its own and waits for all. Blocking sockets have no place on the cooperative pool.
enum WorkerThreads {
    private final class Job: Sendable {
        let index: Int
        let body: @Sendable (Int) -> Void

        init(index: Int, body: @escaping @Sendable (Int) -> Void) {
            self.index = index
            self.body = body
        }
    }

    static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        var threads: [pthread_t] = []
        for index in 0..<count {
            var thread = pthread_t()
            let job = Unmanaged.passRetained(Job(index: index, body: body))
            let result = pthread_create(
                &thread, nil,
                { pointer in
                    guard let pointer else { return nil }
                    let job = Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue()
                    job.body(job.index)
                    return nil
                }, job.toOpaque())
            precondition(result == 0, "no thread to be had")
            threads.append(thread)
        }
        for thread in threads { pthread_join(thread, nil) }
    }
}
