/// Runs work that blocks on a thread of its own, so that it holds no thread of the cooperative pool.
package enum BlockingWork {
    package static func run<R: Sendable>(
        name: String, _ body: @escaping @Sendable () throws(HFSError) -> R
    ) async throws(HFSError) -> R {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<R, HFSError>, Never>) in
            do throws(HFSError) {
                try startThread(name: name) {
                    do throws(HFSError) {
                        continuation.resume(returning: .success(try body()))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }
}
