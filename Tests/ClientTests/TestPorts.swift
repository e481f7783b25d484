import Core

/// Ports for tests: below 32768, where the system gives out none by itself.
enum TestPorts {
    /// Starts something on a free port.
    static func bind<R>(_ start: (UInt16) throws(HFSError) -> R) throws -> R {
        var last = HFSError(.io, "no free port")
        for _ in 0..<50 {
            do throws(HFSError) {
                return try start(UInt16.random(in: 10_000...31_999))
            } catch {
                guard error.code == .io else { throw error }
                last = error
            }
        }
        throw last
    }

    /// Starts something on a free port.
    static func bind<R>(_ start: (UInt16) async throws(HFSError) -> R) async throws -> R {
        var last = HFSError(.io, "no free port")
        for _ in 0..<50 {
            do throws(HFSError) {
                return try await start(UInt16.random(in: 10_000...31_999))
            } catch {
                guard error.code == .io else { throw error }
                last = error
            }
        }
        throw last
    }
}
