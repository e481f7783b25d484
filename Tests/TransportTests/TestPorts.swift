import Core

/// Ports for tests: below 32768, where the system gives out none by itself.
enum TestPorts {
    /// Starts something on a free port.
    static func bind<R>(_ start: (UInt16) async throws -> R) async throws -> R {
        var last: (any Error)?
        for _ in 0..<50 {
            do {
                return try await start(UInt16.random(in: 10_000...31_999))
            } catch let error as HFSError where error.code == .io {
                last = error
            }
        }
        throw last ?? HFSError(.io, "no free port")
    }
}
