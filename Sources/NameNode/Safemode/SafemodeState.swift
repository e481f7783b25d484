internal import Core

/// When the namenode may trust what it knows of replicas. A value without clock or lock.
///
/// Safemode is left when every datanode that was part of the cluster before the start has registered and told all its
/// replicas. The nodes are known by name (rows of the `system` table), so a restarted cluster leaves as soon as the last
/// one has reported, and no block count is needed, which could only be had by a scan. A node that stays away is waited for
/// `nodeWaitMs`; then the nodes that are there decide, at least one of them complete. The same time passes when no node is
/// known by name: all were dead before the start. A namespace that never had a block has nothing to wait for, unless runs
/// live: then it waits for the nodes as long, since each of them tells, before its replicas, what runs read from it.
struct SafemodeState {
    enum Phase: Hashable { case startup, manual, off }

    /// How the datanodes stand: remembered or registered ones, dead ones not counted.
    struct Progress: Hashable {
        var complete = 0
        /// Connected and still reporting.
        var reporting = 0
        /// Expected and not connected.
        var missing = 0
    }

    private(set) var phase = Phase.startup
    /// Since when the condition has been met, while the extension runs.
    private var metSinceMs: Int64?
    /// Nil until the engine told what it holds.
    private(set) var hasBlocks: Bool?
    private var knowsNodes = false
    private var awaitsReads = false
    let startedMs: Int64

    init(startedMs: Int64) { self.startedMs = startedMs }

    var isOn: Bool { phase != .off }

    /// What the engine holds: whether a block was ever handed out, whether runs live, and how many datanodes are known by name.
    mutating func loaded(hasBlocks: Bool, awaitsReads: Bool = false, nodeCount: Int) {
        self.hasBlocks = hasBlocks
        self.awaitsReads = awaitsReads
        knowsNodes = nodeCount > 0
    }

    /// Stays on until `leave`, whatever the datanodes report.
    mutating func enter() { phase = .manual }
    mutating func leave() { phase = .off }

    /// Leaves by itself when the condition holds. Returns true when it left now.
    mutating func update(_ progress: Progress, nowMs: Int64, nodeWaitMs: Int64, extensionMs: Int64) -> Bool {
        guard phase == .startup, let hasBlocks else { return false }
        let waitIsOver = nowMs - startedMs >= nodeWaitMs
        if !hasBlocks {
            guard !awaitsReads || waitIsOver || progress.reporting == 0 && progress.missing == 0 else { return false }
            phase = .off
            return true
        }
        let met =
            progress.complete > 0 && progress.reporting == 0
            && (waitIsOver || knowsNodes && progress.missing == 0)
        guard met else {
            metSinceMs = nil
            return false
        }
        let since = metSinceMs ?? nowMs
        metSinceMs = since
        guard nowMs - since >= extensionMs else { return false }
        phase = .off
        return true
    }

    /// Why it is on, for people.
    func reason(_ progress: Progress) -> String {
        switch phase {
        case .off: "Safe mode is OFF."
        case .manual: "It was turned on manually."
        case .startup:
            "The namenode started and waits for block reports: \(progress.complete) datanode(s) complete, "
                + "\(progress.reporting) reporting, \(progress.missing) not yet registered."
        }
    }
}
