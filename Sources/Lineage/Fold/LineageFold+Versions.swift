import Core

/// Files and artifacts change.
extension LineageFold {
    /// How many versions of a file are compared with what a run saw.
    private static var versionsLookedAtMax: UInt32 { 64 }
    /// How many entries are looked through below a directory that becomes an artifact's.
    private static var adoptedMax: Int { 10_000 }

    mutating func closed(_ entry: FeedEntry) throws(HFSError) {
        guard case .content(let length, let modifiedMs, let checksum) = entry.event.change else { return }
        var row = try known(entry.event)
        let previous = row.version > 0 ? row.current : nil
        row.version += 1
        put(.entry(row))
        let actor = Agent(entry)
        var version = VersionRow(row.current, maker: actor, lsn: entry.lsn, timeMs: entry.timeMs)
        version.inputs = try inputs(of: actor)
        version.length = length
        version.modifiedMs = modifiedMs
        version.checksum = checksum
        if let owner = try owner(of: row.parent) { version.owner = try touch(owner, actor, entry) }
        put(.version(version))
        // A second close of one inode appended or cut: the bytes before are in it.
        if version.owner == nil, let previous { try derive(row.current, from: previous) }
    }

    /// Content of a file's earlier version is in a later one, which is a node of its own.
    private mutating func derive(_ output: ArtifactVersion, from previous: ArtifactVersion) throws(HFSError) {
        let source = try state.version(previous)?.owner ?? previous
        try seal(source)
        put(.derived(DerivedRow(output, from: source)))
    }

    /// Records a change below an artifact directory and gives the version that it belongs to.
    ///
    /// A new one when another made the current one, or when something depends on the current one already and the change may
    /// carry inputs that it did not have: the graph stays without cycles. `carried`: content of `input` came in.
    mutating func touch(
        _ artifact: InodeID, _ actor: Agent, _ entry: FeedEntry, carrying input: ArtifactVersion? = nil
    ) throws(HFSError) -> ArtifactVersion {
        guard var row = try state.entry(artifact) else { return ArtifactVersion(artifact, 0) }
        let inputs = try inputs(of: actor)
        var version: VersionRow
        let current = try state.version(row.current)
        if let current, try !mustAdvance(current, actor, inputs, isCarrying: input != nil) {
            version = current
        } else {
            let previous = current?.id
            row.version += 1
            put(.entry(row))
            version = VersionRow(row.current, maker: actor, lsn: entry.lsn, timeMs: entry.timeMs)
            if let previous { put(.derived(DerivedRow(version.id, from: previous))) }
        }
        version.inputs = inputs
        version.lsn = entry.lsn
        version.timeMs = entry.timeMs
        version.modifiedMs = entry.timeMs
        put(.version(version))
        if let input { put(.derived(DerivedRow(version.id, from: input))) }
        return version.id
    }

    private mutating func mustAdvance(
        _ version: VersionRow, _ actor: Agent, _ inputs: UInt32, isCarrying: Bool
    ) throws(HFSError) -> Bool {
        guard version.maker.isSame(as: actor) else { return true }
        guard version.isSealed else { return false }
        return isCarrying ? true : try hasNewInputs(actor, version, inputs)
    }

    /// Whether the actor read anything but the artifact itself since it last changed it.
    private mutating func hasNewInputs(
        _ actor: Agent, _ version: VersionRow, _ inputs: UInt32
    ) throws(HFSError) -> Bool {
        guard let run = actor.run, inputs > version.inputs else { return false }
        for number in version.inputs + 1...inputs {
            if try state.input(run, number: number)?.artifact != version.id { return true }
        }
        return false
    }

    private mutating func inputs(of actor: Agent) throws(HFSError) -> UInt32 {
        guard let run = actor.run else { return 0 }
        return try state.run(run)?.inputs ?? 0
    }

    /// Everything below a directory becomes content of the artifact that it lies in now, or stands for itself again.
    mutating func reown(_ directory: InodeID, _ actor: Agent, _ entry: FeedEntry) throws(HFSError) {
        if let artifact = try owner(of: directory) { _ = try touch(artifact, actor, entry) }
        var pending = [directory]
        var left = Self.adoptedMax
        while let next = pending.popLast(), left > 0 {
            let artifact = try owner(of: next)
            for row in try state.children(of: next, max: left) where !row.isDeleted {
                left -= 1
                if row.isDirectory {
                    pending.append(row.inode)
                } else if let artifact {
                    guard let owner = try state.version(row.current)?.owner, owner.inode == artifact else {
                        try adopt(row, into: artifact, actor, entry)
                        continue
                    }
                } else {
                    try release(row)
                }
            }
        }
    }

    /// A file becomes content of an artifact: what another wrote was carried there, what the same one wrote was always meant
    /// to be there.
    mutating func adopt(
        _ file: EntryRow, into artifact: InodeID, _ actor: Agent, _ entry: FeedEntry
    ) throws(HFSError) {
        guard var version = try state.version(file.current), version.owner?.inode != artifact else {
            _ = try touch(artifact, actor, entry)
            return
        }
        if version.maker.isSame(as: actor) {
            version.owner = try touch(artifact, actor, entry)
        } else {
            let source = version.owner ?? version.id
            try seal(source)
            version.owner = try touch(artifact, actor, entry, carrying: source)
        }
        put(.version(version))
    }

    /// A file that left its artifact is one of its own again.
    mutating func release(_ file: EntryRow) throws(HFSError) {
        guard var version = try state.version(file.current), version.owner != nil else { return }
        version.owner = nil
        put(.version(version))
    }

    mutating func seal(_ id: ArtifactVersion) throws(HFSError) {
        guard var version = try state.version(id), !version.isSealed else { return }
        version.isSealed = true
        put(.version(version))
    }
}

/// Runs read.
extension LineageFold {
    mutating func read(_ entry: FeedEntry) throws(HFSError) {
        var row = try known(entry.event)
        guard !row.isDirectory else { return }
        row.lastReadMs = entry.timeMs
        put(.entry(row))
        // Who has no run has no outputs to join this with.
        guard let run = entry.run else { return }
        let file = try contentSeen(entry, &row)
        try noteAccess(run, file, entry)
        let artifact = try artifactRead(file, row, entry)
        if artifact.inode != row.inode, var whole = try state.entry(artifact.inode) {
            whole.lastReadMs = entry.timeMs
            put(.entry(whole))
        }
        guard try state.input(run, of: artifact) == nil else { return }
        var runRow = try state.run(run) ?? Self.unannounced(run, entry)
        runRow.inputs += 1
        put(.run(runRow))
        put(.input(InputRow(run: run, number: runRow.inputs, artifact: artifact, timeMs: entry.timeMs)))
        try seal(artifact)
    }

    private mutating func noteAccess(
        _ run: RunID, _ file: ArtifactVersion, _ entry: FeedEntry
    ) throws(HFSError) {
        let isRead = entry.event.kind == .read
        var access =
            try state.access(run, to: file) ?? AccessRow(run: run, file: file, isRead: isRead, timeMs: entry.timeMs)
        access.isRead = access.isRead || isRead
        access.lastMs = entry.timeMs
        put(.access(access))
    }

    /// The version whose content a run saw. Reads are told with the run's next change, so the file may have moved on since.
    private mutating func contentSeen(
        _ entry: FeedEntry, _ row: inout EntryRow
    ) throws(HFSError) -> ArtifactVersion {
        guard row.version > 0 else { return try beforeFirstClose(entry, &row) }
        guard case .content(let length, let modifiedMs, _) = entry.event.change,
            let current = try state.version(row.current), current.length != length || current.modifiedMs != modifiedMs
        else { return row.current }
        var older: ArtifactVersion?
        var number = row.version
        while number > 0, row.version - number < Self.versionsLookedAtMax {
            number -= 1
            guard let version = try state.version(ArtifactVersion(row.inode, number)) else { break }
            if version.length == length, version.modifiedMs == modifiedMs { return version.id }
            if older == nil, version.modifiedMs <= modifiedMs { older = version.id }
        }
        // Times can be set without a close.
        return current.length == length || current.modifiedMs <= modifiedMs ? current.id : older ?? current.id
    }

    /// A file that was there before the feed began has version 1 by nobody; one being written is read as version 0.
    private mutating func beforeFirstClose(
        _ entry: FeedEntry, _ row: inout EntryRow
    ) throws(HFSError) -> ArtifactVersion {
        if let open = try state.version(row.current) { return open.id }
        if row.createdMs == 0 {
            row.version = 1
            put(.entry(row))
        }
        var version = VersionRow(row.current, maker: row.createdBy, lsn: entry.lsn, timeMs: row.createdMs)
        if case .content(let length, let modifiedMs, let checksum) = entry.event.change {
            version.length = length
            version.modifiedMs = modifiedMs
            version.checksum = checksum
        }
        version.inputs = row.createdBy.run == entry.run ? 0 : try inputs(of: row.createdBy)
        if let artifact = try owner(of: row.parent) { version.owner = try artifactVersion(artifact, entry) }
        put(.version(version))
        return version.id
    }

    /// The node that reading a file reads: the file, or the artifact that it is part of, at the version that had this content.
    private mutating func artifactRead(
        _ file: ArtifactVersion, _ row: EntryRow, _ entry: FeedEntry
    ) throws(HFSError) -> ArtifactVersion {
        let version = try state.version(file)
        // Gone or changed since: the version that it was written into is the one that surely had it.
        if row.isDeleted || file != row.current, let version { return version.owner ?? file }
        guard let artifact = try owner(of: row.parent) else { return file }
        return try artifactVersion(artifact, entry)
    }

    /// The current version of an artifact; 1, by nobody, for one whose content was there before the feed began.
    private mutating func artifactVersion(_ artifact: InodeID, _ entry: FeedEntry) throws(HFSError) -> ArtifactVersion {
        guard var row = try state.entry(artifact) else { return ArtifactVersion(artifact, 0) }
        guard row.version == 0 else { return row.current }
        row.version = 1
        put(.entry(row))
        let version = VersionRow(row.current, maker: .unknown, lsn: entry.lsn, timeMs: row.createdMs)
        put(.version(version))
        return version.id
    }
}
