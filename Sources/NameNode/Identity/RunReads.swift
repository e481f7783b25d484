import Core

/// What one run has read and the log has not yet been told: once a generation of a file as `opened`, once as `read`.
struct RunReads {
    /// What is told of a generation, or is about to be. `logged`: as `read`, and durably.
    enum Knowledge { case nothing, opened, read, logged }

    private struct Seen {
        /// Of the generation's last event, counted from the run's first.
        var place: UInt64
        var isRead: Bool
    }

    private(set) var pending: [NamespaceEvent] = []
    /// Of the events in `pending`, about.
    private(set) var pendingBytes = 0
    private var seen: [FileGeneration: Seen] = [:]
    /// Events that have their place in the log.
    private var toldCount: UInt64 = 0
    /// Those that were known when the round of reads under way began, and those that are durable.
    private var roundCount: UInt64 = 0
    private var durableCount: UInt64 = 0
    /// Of `pending`, those that the mutation being planned carries.
    private var offeredCount = 0

    /// A record for these reads alone is on its way.
    private(set) var isBeingTold = false

    /// Generations that are remembered.
    var seenCount: Int { seen.count }

    /// Bytes of an event beside its path.
    private static let eventBytes = 128

    static func bytes(_ event: NamespaceEvent) -> Int { eventBytes + event.path.utf8.count }

    func knowledge(of generation: FileGeneration) -> Knowledge {
        guard let known = seen[generation] else { return .nothing }
        guard known.isRead else { return .opened }
        return known.place < durableCount ? .logged : .read
    }

    /// What has its place in the log is not known to be durable.
    var isUnsettled: Bool { durableCount < toldCount }

    /// A round of reads begins (`ReadRounds`): when it ends well, all that is known now is durable.
    mutating func beginRound() { roundCount = toldCount + UInt64(pending.count) }

    mutating func roundIsDurable() { durableCount = roundCount }

    mutating func add(_ event: NamespaceEvent, _ generation: FileGeneration) {
        seen[generation] = Seen(place: toldCount + UInt64(pending.count), isRead: event.kind == .read)
        pending.append(event)
        pendingBytes += Self.bytes(event)
    }

    /// Makes a generation's `opened` a `read`. False when that is too late or the opening is not known: then the read is an
    /// event of its own.
    mutating func markRead(_ generation: FileGeneration) -> Bool {
        guard let known = seen[generation] else { return false }
        if known.isRead { return true }
        guard known.place >= toldCount + UInt64(offeredCount) else { return false }
        pending[Int(known.place - toldCount)].kind = .read
        seen[generation]?.isRead = true
        return true
    }

    /// True when a record should be asked for: there is something to tell, and none is on its way.
    mutating func beginTelling() -> Bool {
        guard !isBeingTold, !pending.isEmpty else { return false }
        isBeingTold = true
        return true
    }

    mutating func endTelling() { isBeingTold = false }

    /// What the record being planned tells.
    mutating func offer() -> [NamespaceEvent] {
        offeredCount = pending.count
        return pending
    }

    /// What `offer` gave last has its place in the log. Returns the bytes that are free.
    mutating func logged() -> Int {
        let bytes = pending.prefix(offeredCount).reduce(0) { $0 + Self.bytes($1) }
        pending.removeFirst(offeredCount)
        toldCount += UInt64(offeredCount)
        pendingBytes -= bytes
        offeredCount = 0
        return bytes
    }

    /// What is read again is told again from here on.
    mutating func forgetSeen() { seen = [:] }
}
