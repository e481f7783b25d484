internal import Core
internal import DequeModule

/// The answers of at-most-once calls, kept so that a retried call gets the same bytes.
///
/// Only calls that changed something are kept: one that was refused or found nothing to do may run again. Bounded by age,
/// per client and in all (`Limits`); the oldest go first. A value; its owner is one thread.
struct RetryCache {
    struct Entry {
        var answer: [UInt8]
        var atMs: Int64
    }

    /// A client's answers in the order they were given.
    private struct Client {
        var entries: [Int32: Entry] = [:]
        var order = Deque<Int32>()

        /// Adds an answer and drops the oldest of too many; gives how many more there are.
        mutating func insert(_ callID: Int32, _ entry: Entry, atMost limit: Int) -> Int {
            guard entries.updateValue(entry, forKey: callID) == nil else { return 0 }
            order.append(callID)
            guard order.count > limit, let oldest = order.popFirst() else { return 1 }
            entries[oldest] = nil
            return 0
        }
    }

    private struct Aging {
        var client: ClientKey
        var callID: Int32
        var atMs: Int64
    }

    private let lifetimeMs: Int64
    private let perClientMax: Int
    private let totalMax: Int
    private var clients: [ClientKey: Client] = [:]
    private var aging = Deque<Aging>()
    private(set) var count = 0

    /// Dropped entries that `aging` may hold beside as many as there are live ones.
    private static let agingSlack = 1 << 14

    init(
        lifetimeMs: Int64 = Limits.retryEntryLifetimeMs, perClientMax: Int = Limits.retryEntriesPerClientMax,
        totalMax: Int = Limits.retryEntriesMax
    ) {
        self.lifetimeMs = lifetimeMs
        self.perClientMax = perClientMax
        self.totalMax = totalMax
    }

    func answer(_ client: ClientKey, _ callID: Int32, nowMs: Int64) -> [UInt8]? {
        guard let entry = clients[client]?.entries[callID], entry.atMs + lifetimeMs > nowMs else { return nil }
        return entry.answer
    }

    /// Keeps an answer given at `atMs`; entries come in the order of their time.
    mutating func insert(_ client: ClientKey, _ callID: Int32, _ answer: [UInt8], atMs: Int64) {
        count += clients[client, default: Client()].insert(
            callID, Entry(answer: answer, atMs: atMs), atMost: perClientMax)
        aging.append(Aging(client: client, callID: callID, atMs: atMs))
        expire(nowMs: atMs)
    }

    mutating func expire(nowMs: Int64) {
        while let first = aging.first, first.atMs + lifetimeMs <= nowMs || count > totalMax {
            aging.removeFirst()
            // The call may have been dropped before, or answered again since.
            guard clients[first.client]?.entries[first.callID]?.atMs == first.atMs else { continue }
            remove(first.client, first.callID)
        }
        // What was dropped by a client's own bound stays in `aging` until its time is up: not more of that than of the rest.
        if aging.count > 2 * count + Self.agingSlack {
            aging = Deque(aging.filter { clients[$0.client]?.entries[$0.callID]?.atMs == $0.atMs })
        }
    }

    /// Every live entry, oldest first.
    func forEach(_ body: (ClientKey, Int32, Entry) -> Void) {
        for item in aging {
            guard let entry = clients[item.client]?.entries[item.callID], entry.atMs == item.atMs else { continue }
            body(item.client, item.callID, entry)
        }
    }

    private mutating func remove(_ client: ClientKey, _ callID: Int32) {
        guard clients[client]?.entries.removeValue(forKey: callID) != nil else { return }
        count -= 1
        if clients[client]?.order.first == callID {
            clients[client]?.order.removeFirst()
        } else {
            clients[client]?.order.removeAll { $0 == callID }
        }
        if clients[client]?.entries.isEmpty == true { clients[client] = nil }
    }
}
