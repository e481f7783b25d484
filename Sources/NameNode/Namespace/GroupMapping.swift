import Core
import Glibc
import Synchronization

/// Which groups a user belongs to: a static table first, else the host's accounts. Answers are cached; a lookup in the
/// accounts may ask the network, so it runs on a thread of its own and never on the caller's.
final class GroupMapping: Sendable {
    private struct Entry {
        var groups: [String]
        var atMs: Int64
        /// A newer answer is being looked up.
        var isRefreshing = false
    }

    private struct State {
        var cache: [String: Entry] = [:]
        var waiting: [String: [@Sendable ([String]) -> Void]] = [:]
        var queue: [String] = []
        var isStopped = false
    }

    /// An answer this old is looked up again, in the background: HDFS's 5 min (`hadoop.security.groups.cache.secs`).
    static let freshMs: Int64 = 300_000
    /// Names kept; far above the users of a cluster, against names that a client makes up.
    static let cachedUsersMax = 10_000
    /// Lookups waiting; beyond it a user counts as one without groups.
    static let queueMax = 1024

    private let overrides: [String: [String]]
    private let clock: any HFSClock
    private let lookup: @Sendable (String) -> [String]
    private let lock = ConditionLock()
    private let state = Mutex(State())
    private let thread = Mutex<DedicatedThread?>(nil)

    /// - Parameters:
    ///   - overrides: users whose groups are fixed (HDFS `hadoop.user.group.static.mapping.overrides`).
    ///   - lookup: what the host says; may block.
    init(
        overrides: [String: [String]] = [:], clock: any HFSClock,
        lookup: @escaping @Sendable (String) -> [String] = HostAccounts.groups
    ) {
        self.overrides = overrides
        self.clock = clock
        self.lookup = lookup
    }

    /// Starts the lookup thread. Errors: `.io` when it cannot start.
    func start() throws(HFSError) {
        let started = try DedicatedThread(name: "groups") { [self] in
            while let user = nextUser() { finish(user, lookup(user)) }
        }
        thread.withLock { $0 = started }
    }

    func stop() {
        let waiting = state.withLock { state in
            state.isStopped = true
            defer { state.waiting = [:] }
            return state.waiting.values.flatMap { $0 }
        }
        lock.withLock { lock.broadcast() }
        thread.withLock { $0.take() }?.join()
        for done in waiting { done([]) }
    }

    /// The groups of `user` when they are known without asking; what is known keeps answering while it is refreshed.
    func cached(_ user: String) -> [String]? {
        if let fixed = overrides[user] { return fixed }
        let nowMs = clock.monotonicMs
        let (groups, needsWake) = state.withLock { state -> ([String]?, Bool) in
            guard var entry = state.cache[user] else { return (nil, false) }
            guard nowMs - entry.atMs > Self.freshMs, !entry.isRefreshing, state.queue.count < Self.queueMax else {
                return (entry.groups, false)
            }
            entry.isRefreshing = true
            state.cache[user] = entry
            state.queue.append(user)
            return (entry.groups, true)
        }
        if needsWake { lock.withLock { lock.signal() } }
        return groups
    }

    /// Calls `done` once: at once when the groups are known, else on the lookup thread.
    func groups(of user: String, _ done: @escaping @Sendable ([String]) -> Void) {
        if let known = cached(user) { return done(known) }
        let isQueued = state.withLock { state in
            guard !state.isStopped, state.queue.count < Self.queueMax || state.waiting[user] != nil else {
                return false
            }
            if state.waiting[user] == nil { state.queue.append(user) }
            state.waiting[user, default: []].append(done)
            return true
        }
        guard isQueued else { return done([]) }
        lock.withLock { lock.signal() }
    }

    private func nextUser() -> String? {
        lock.withLock {
            while true {
                let (user, isStopped) = state.withLock { state in
                    (state.queue.isEmpty ? nil : state.queue.removeFirst(), state.isStopped)
                }
                if isStopped { return nil }
                if let user { return user }
                lock.wait()
            }
        }
    }

    private func finish(_ user: String, _ groups: [String]) {
        let nowMs = clock.monotonicMs
        let waiting = state.withLock { state in
            if state.cache.count >= Self.cachedUsersMax { state.cache = [:] }
            state.cache[user] = Entry(groups: groups, atMs: nowMs)
            return state.waiting.removeValue(forKey: user) ?? []
        }
        for done in waiting { done(groups) }
    }
}
