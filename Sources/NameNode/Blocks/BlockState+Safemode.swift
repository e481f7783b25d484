internal import Core

/// Safemode, and the round of everything that depends on time.
extension BlockState {
    /// Does what is due. The monitor calls it after every event and at least twice a second.
    mutating func round(nowMs: Int64) {
        expireDatanodes(nowMs: nowMs)
        expireCommitted(nowMs: nowMs)
        driveRecoveries(nowMs: nowMs)
        updateSafemode(nowMs: nowMs)
        if let from = trimFromMs, nowMs >= from {
            trimFromMs = nil
            evaluatePostponed()
        }
        scheduleTransfers(nowMs: nowMs)
        effects.fire(waiters.expire(nowMs: nowMs), isMet: false)
        expire(\.safemodeWaiters, nowMs: nowMs)
        expire(\.nodeWaiters, nowMs: nowMs)
    }

    private mutating func expire(
        _ waiters: WritableKeyPath<Self, [(deadlineMs: Int64, done: @Sendable (Bool) -> Void)]>, nowMs: Int64
    ) {
        let late = self[keyPath: waiters].filter { $0.deadlineMs <= nowMs }
        guard !late.isEmpty else { return }
        self[keyPath: waiters].removeAll { $0.deadlineMs <= nowMs }
        effects.fire(late.map(\.done), isMet: false)
    }

    /// When the monitor must look again, if nothing happens before.
    var nextDeadlineMs: Int64 {
        min(waiters.nextDeadlineMs, (safemodeWaiters + nodeWaiters).map(\.deadlineMs).min() ?? Int64.max)
    }

    mutating func updateSafemode(nowMs: Int64) {
        let isOver = safemode.update(
            safemodeProgress(), nowMs: nowMs, nodeWaitMs: configuration.safemodeNodeWaitMs,
            extensionMs: configuration.safemodeExtensionMs)
        if isOver { safemodeEnded(nowMs: nowMs) }
    }

    mutating func leaveSafemode(nowMs: Int64) {
        guard safemode.isOn else { return }
        safemode.leave()
        safemodeEnded(nowMs: nowMs)
    }

    mutating func enterSafemode() {
        safemode.enter()
        replicationFromMs = Int64.max
        trimFromMs = Int64.max
        effects.log(.warning, "safemode-entered", [:])
    }

    mutating func whenSafemodeOff(deadlineMs: Int64, _ done: @escaping @Sendable (Bool) -> Void) {
        guard safemode.isOn else { return effects.fire([done], isMet: true) }
        safemodeWaiters.append((deadlineMs, done))
    }

    /// A known datanode that is not declared dead is waited for; one whose connection closed is not there, however complete its
    /// report is.
    mutating func whenNodeConnected(deadlineMs: Int64, nowMs: Int64, _ done: @escaping @Sendable (Bool) -> Void) {
        let isThere = nodes.nodes.contains { inlineLocation($0, nowMs: nowMs) != nil }
        let mayCome = nodes.nodes.contains { !$0.isDead && $0.connection == nil }
        guard !isThere, mayCome else { return effects.fire([done], isMet: isThere) }
        nodeWaiters.append((deadlineMs, done))
        effects.wakesMonitor = true
    }

    func safemodeProgress() -> SafemodeState.Progress {
        var progress = SafemodeState.Progress()
        for node in nodes.nodes where !node.isDead {
            if nodes.isReportComplete(node.index) {
                progress.complete += 1
            } else if node.connection != nil {
                progress.reporting += 1
            } else {
                progress.missing += 1
            }
        }
        return progress
    }

    private mutating func safemodeEnded(nowMs: Int64) {
        let progress = safemodeProgress()
        effects.log(
            .info, "safemode-left",
            [
                "afterMs": "\(nowMs - safemode.startedMs)", "complete": "\(progress.complete)",
                "missing": "\(progress.missing)",
            ])
        // Where there never was a block, nothing was ordered before the start.
        let hasPast = safemode.hasBlocks != false
        replicationFromMs = hasPast ? nowMs + configuration.replicationDelayMs : nowMs
        trimFromMs = hasPast ? nowMs + configuration.trimDelayMs : nil
        effects.fire(safemodeWaiters.map(\.done), isMet: true)
        safemodeWaiters = []
        evaluatePostponed()
    }
}
