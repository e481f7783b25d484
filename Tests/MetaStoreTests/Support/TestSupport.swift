import Core
import Foundation
import MetaStore
import Synchronization
import Testing

/// A temporary directory that goes with its owner.
final class Scratch: Sendable {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "hfs-metastore-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A value handed from one thread to another that waits for it.
final class Promise<T: Sendable>: @unchecked Sendable {
    private let lock = ConditionLock()
    private var value: T?

    func fulfil(_ value: T) {
        lock.withLock {
            self.value = value
            lock.broadcast()
        }
    }

    func wait() -> T {
        lock.withLock {
            while true {
                if let value { return value }
                lock.wait()
            }
        }
    }
}

struct Generator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state = state &+ 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

extension MetadataEngine {
    func run<O: MetaStore.Operation>(_ operation: O, retry: RetryKey? = nil) -> Result<Outcome<O.Reply>, HFSError> {
        let promise = Promise<Result<Outcome<O.Reply>, HFSError>>()
        submit(operation, retry: retry) { promise.fulfil($0) }
        return promise.wait()
    }

    func readNow<R: Sendable>(
        _ body: @escaping @Sendable (any MetadataView) throws(PlanInterrupt) -> R
    ) throws -> R {
        let promise = Promise<Result<R, HFSError>>()
        read(body) { promise.fulfil($0) }
        return try promise.wait().get()
    }
}

/// The length of random tests: a short form in CI, `HFS_TEST_FACTOR=100` for a long one.
var testFactor: Int { ProcessInfo.processInfo.environment["HFS_TEST_FACTOR"].flatMap { Int($0) } ?? 1 }

/// The first seed: `HFS_TEST_SEED=n` reruns one.
var firstSeed: UInt64 { ProcessInfo.processInfo.environment["HFS_TEST_SEED"].flatMap { UInt64($0) } ?? 1 }
