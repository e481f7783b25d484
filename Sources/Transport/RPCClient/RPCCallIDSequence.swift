import Synchronization

/// Call ids of one client id, shared by all connections that use it, so that an id is never used for two calls.
package final class RPCCallIDSequence: Sendable {
    private let last = Atomic<Int32>(-1)

    package init() {}

    /// The next id: 0, 1, 2, ...; starts again at 0 past the largest.
    package func next() -> Int32 {
        last.wrappingAdd(1, ordering: .relaxed).newValue & Int32.max
    }

    /// 16 random bytes: a client id.
    package static func randomClientID() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
