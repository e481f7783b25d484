import Core

/// A feed of runs in levels: each reads some files of the level below, near its own place, and writes one of its own level.
struct PipelineFeed {
    static let levels = 11

    let filesEach: Int
    let inputsEach: Int
    /// So many neighbours the inputs of a run are chosen from.
    let window: Int
    private var random: SplitMix64
    private var lsn: UInt64 = 0

    /// - Parameter edges: from files to runs and from runs to files, all together.
    init(edges: Int, inputsEach: Int, window: Int, seed: UInt64) {
        filesEach = max(window, edges / (inputsEach + 1) / (Self.levels - 1))
        self.inputsEach = inputsEach
        self.window = window
        random = SplitMix64(seed)
    }

    var edges: Int { (Self.levels - 1) * filesEach * (inputsEach + 1) }

    static func path(level: Int, file: Int) -> String { "/data/level-\(level)/file-\(file)" }

    /// The directories, before everything else.
    mutating func directories() -> [FeedEntry] {
        [entry(.mkdir, Self.data, InodeID.root, "/data", nil, isDirectory: true)]
            + (0..<Self.levels).map { level in
                entry(.mkdir, directory(level), Self.data, "/data/level-\(level)", nil, isDirectory: true)
            }
    }

    /// What happens because of one file: for one above the lowest level, its whole run.
    mutating func file(level: Int, _ file: Int) -> [FeedEntry] {
        var entries: [FeedEntry] = []
        var run: RunID?
        if level > 0 {
            let id = RunID(1 << 40 + UInt64(level * filesEach + file))
            run = id
            entries.append(
                entry(.runStarted, InodeID(id.rawValue), InodeID(0), "", id, .text("job-\(level)-\(file)\nkind=job")))
            for _ in 0..<inputsEach {
                let below = (file + Int(random.next() % UInt64(window))) % filesEach
                let path = Self.path(level: level - 1, file: below)
                entries.append(entry(.opened, inode(level - 1, below), directory(level - 1), path, run, Self.content))
            }
        }
        let path = Self.path(level: level, file: file)
        entries.append(entry(.create, inode(level, file), directory(level), path, run))
        entries.append(entry(.close, inode(level, file), directory(level), path, run, Self.content))
        return entries
    }

    private static let data = InodeID(2)
    private static let content = NamespaceEvent.Change.content(length: 1000, modifiedMs: 1, checksum: nil)

    private func directory(_ level: Int) -> InodeID { InodeID(UInt64(10 + level)) }
    /// Far from the root's number, which a namenode gives nothing else.
    private func inode(_ level: Int, _ file: Int) -> InodeID { InodeID(1 << 32 + UInt64(level * filesEach + file)) }

    private mutating func entry(
        _ kind: NamespaceEvent.Kind, _ inode: InodeID, _ parent: InodeID, _ path: String, _ run: RunID?,
        _ change: NamespaceEvent.Change = .none, isDirectory: Bool = false
    ) -> FeedEntry {
        lsn += 1
        return FeedEntry(
            lsn: LSN(lsn), index: 0, timeMs: Int64(lsn), user: "bench", run: run, address: "127.0.0.1",
            event: NamespaceEvent(
                kind, inode: inode, parent: parent, path: path, isDirectory: isDirectory, change: change))
    }
}
