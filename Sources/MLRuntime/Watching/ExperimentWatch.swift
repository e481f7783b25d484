public import Client
public import Core

/// An experiment's trials as they change. What is told is what the event feed tells: nothing is asked again and again.
public struct ExperimentWatch: Sendable {
    /// After so long without an event a look whether the driver lives: one that was killed sends none.
    private static let silenceMs: UInt32 = 10_000

    /// What has happened.
    public enum Change: Hashable, Sendable {
        case trial(WatchedTrial)
        /// Nobody drives the experiment any more.
        case ended
    }

    public let settings: ExperimentSettings
    /// All trials that there are, by their numbers.
    public private(set) var trials: [Int: WatchedTrial]
    /// Whether somebody drove the experiment when the watch began.
    public let isDriven: Bool
    private let paths: ExperimentPaths
    private let fileSystem: HFSFileSystem
    private var cursor: LSN

    /// Begins with what there is; `.fileNotFound` when there is no such experiment.
    public init(_ paths: ExperimentPaths, on fileSystem: HFSFileSystem) async throws(HFSError) {
        self.paths = paths
        self.fileSystem = fileSystem
        settings = try await ExperimentStore.settings(paths, on: fileSystem)
        cursor = try await fileSystem.readEvents(from: .end).nextLSN
        isDriven = try await ExperimentStore.driver(of: paths, on: fileSystem) != nil
        trials = Dictionary(
            uniqueKeysWithValues: try await ExperimentStore.history(paths, on: fileSystem).trials.map {
                ($0.index, WatchedTrial($0))
            })
    }

    /// What happened next, waiting for it; empty after a while in which nothing has.
    public mutating func next() async throws(HFSError) -> [Change] {
        let page = try await fileSystem.readEvents(
            from: .lsn(cursor), EventQuery(path: paths.root, kinds: [.setXAttr, .removeXAttr]), waitMs: Self.silenceMs)
        cursor = page.nextLSN
        var changes: [Change] = []
        for entry in page.entries {
            guard case .attribute(let name, _, let value) = entry.event.change else { continue }
            let text = value.map { String(decoding: $0, as: UTF8.self) }
            if name == TrialAttribute.driver, entry.event.path == paths.root, text == nil {
                changes.append(.ended)
            } else if let text, let (_, trial) = ExperimentPaths.trial(at: entry.event.path),
                let change = try take(trial, name, text)
            {
                changes.append(.trial(change))
            }
        }
        if page.entries.isEmpty, try await ExperimentStore.driver(of: paths, on: fileSystem) == nil {
            changes.append(.ended)
        }
        return changes
    }

    /// The trial where an attribute of its directory has changed how it stands.
    private mutating func take(_ trial: Int, _ name: String, _ text: String) throws(HFSError) -> WatchedTrial? {
        var known = trials[trial] ?? WatchedTrial(trial)
        switch name {
        case TrialAttribute.order:
            known.parameters = try CanonicalJSON.value(QueuedTrial.self, from: Array(text.utf8)).suggestion.parameters
            trials[trial] = known
            return nil
        case TrialAttribute.claim:
            known.take(try TrialClaim(text))
            guard trials.updateValue(known, forKey: trial) != known else { return nil }
            return known
        default: return nil
        }
    }
}
