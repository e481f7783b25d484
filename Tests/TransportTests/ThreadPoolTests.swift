import Core
import Synchronization
import Testing
import Transport

@Suite("Dedicated threads for blocking work")
struct ThreadPoolTests {
    @Test("Work runs on at most the given number of threads; more is refused, or waits in the queue")
    func bounds() async throws {
        let pool = ThreadPool(name: "pool", threadsMax: 2, queueMax: 1, idleMs: 50)
        let gate = Monitor(false)
        let ran = Atomic<Int>(0)
        for _ in 0..<3 {
            try pool.submit {
                _ = gate.wait(timeoutMs: 10_000) { $0 ? true : nil }
                ran.wrappingAdd(1, ordering: .sequentiallyConsistent)
            }
        }
        #expect(throws: HFSError.self) { try pool.submit {} }
        gate.update { $0 = true }
        #expect(try await eventually { ran.load(ordering: .sequentiallyConsistent) == 3 })
        #expect(try await eventually { pool.busyCount == 0 })
        try pool.submit { ran.wrappingAdd(1, ordering: .sequentiallyConsistent) }
        #expect(try await eventually { ran.load(ordering: .sequentiallyConsistent) == 4 })
        pool.stop()
        #expect(pool.waitUntilStopped(timeoutMs: 60_000))
        #expect(throws: HFSError.self) { try pool.submit {} }
    }

    @Test("A task gets the result of blocking work, its error, and its end by cancellation")
    func bridged() async throws {
        let pool = ThreadPool(name: "pool", threadsMax: 4)
        #expect(try await pool.run { 42 } == 42)
        let error = await failure {
            try await pool.run { () throws(HFSError) -> Int in throw HFSError(.noSpace, "full") }
        }
        #expect(error?.code == .noSpace)
        let gate = Monitor(false)
        let task = Task {
            await failure {
                try await pool.run(onCancel: { gate.update { $0 = true } }) { () throws(HFSError) in
                    _ = gate.wait(timeoutMs: 30_000) { $0 ? true : nil }
                    throw HFSError(.cancelled, "ended")
                }
            }
        }
        #expect(try await eventually { pool.busyCount == 1 })
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        pool.stop()
        #expect(pool.waitUntilStopped(timeoutMs: 60_000))
    }

    @Test("Thousands of small pieces of work all run")
    func many() async throws {
        let pool = ThreadPool(name: "pool", threadsMax: 4, queueMax: 10_000, idleMs: 1)
        let ran = Atomic<Int>(0)
        for _ in 0..<5000 { try pool.submit { ran.wrappingAdd(1, ordering: .relaxed) } }
        #expect(try await eventually { ran.load(ordering: .relaxed) == 5000 })
        pool.stop()
        #expect(pool.waitUntilStopped(timeoutMs: 60_000))
    }

    @Test("A wait with a limit ends by it, and by a change")
    func monitor() throws {
        let monitor = Monitor(0)
        let none: Bool? = monitor.wait(timeoutMs: 30) { $0 > 0 ? true : nil }
        #expect(none == nil)
        let thread = try startThread(name: "changer") { monitor.update { $0 = 5 } }
        #expect(monitor.wait(timeoutMs: 60_000) { $0 > 0 ? $0 : nil } == 5)
        #expect(thread.join(timeoutMs: 60_000))
    }
}
