import Synchronization

/// A number that only grows, for example calls answered. Thread-safe; an addition is one atomic instruction.
package final class MetricCounter: Sendable {
    private let count = Atomic<UInt64>(0)

    package init() {}

    package func add(_ amount: UInt64 = 1) { count.wrappingAdd(amount, ordering: .relaxed) }
    package var value: UInt64 { count.load(ordering: .relaxed) }
}
