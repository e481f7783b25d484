package import Core

/// What one operation changes: row images, counter deltas, and the events that tell of it. A value: applying it to the view
/// it was planned on, or replaying it from the log, gives the same state.
package struct Mutation: Hashable, Sendable {
    package enum RowChange: Hashable, Sendable {
        case put(RowKey, image: [UInt8])
        case delete(RowKey)
    }

    package var rows: [RowChange] = []
    package var counters: [(directory: UInt64, delta: Counter)] = []
    package var events: [NamespaceEvent] = []

    package init() {}

    /// True for an operation that found nothing to do: nothing is logged.
    package var isEmpty: Bool { rows.isEmpty && counters.isEmpty && events.isEmpty }

    package mutating func put(_ key: RowKey, _ image: [UInt8]) { rows.append(.put(key, image: image)) }
    package mutating func delete(_ key: RowKey) { rows.append(.delete(key)) }
    package mutating func add(_ directory: UInt64, _ delta: Counter) { counters.append((directory, delta)) }

    package static func == (a: Self, b: Self) -> Bool {
        a.rows == b.rows && a.events == b.events && a.counters.elementsEqual(b.counters) { $0 == $1 }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(rows)
        hasher.combine(events)
    }
}
