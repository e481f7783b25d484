import Core
import Lineage
import LineageTesting

/// The rules of docs/PROVENANCE.md told over whole paths and whole sets: slow, and easy to see through.
struct ReferenceLineage {
    struct Content: Equatable {
        var length: UInt64
        var modifiedMs: Int64
    }

    private(set) var live: [String: InodeID] = ["/": .root]
    private var isDirectory: [InodeID: Bool] = [:]
    private var marks: [InodeID: Bool] = [:]
    private(set) var current: [InodeID: UInt32] = [:]
    private(set) var makers: [ArtifactVersion: String] = [:]
    private(set) var inputs: [ArtifactVersion: Set<ArtifactVersion>] = [:]
    private var sealed: Set<ArtifactVersion> = []
    private(set) var owners: [ArtifactVersion: ArtifactVersion] = [:]
    private var contents: [ArtifactVersion: Content] = [:]
    private var reads: [RunID: Set<ArtifactVersion>] = [:]

    mutating func take(_ entry: FeedEntry) {
        let event = entry.event
        switch event.kind {
        case .mkdir, .create:
            live[event.path] = event.inode
            isDirectory[event.inode] = event.kind == .mkdir
        case .close: close(entry)
        case .read: read(entry)
        case .delete:
            let owner = owner(of: Feed.parent(event.path))
            for path in below(event.path) { live[path] = nil }
            if let owner { _ = touch(owner, entry) }
        case .rename: rename(entry)
        case .setXAttr:
            let before = owner(of: event.path)
            marks[event.inode] = true
            if owner(of: event.path) != before { reown(event.path, entry) }
        default: break
        }
    }

    private func below(_ path: String) -> [String] {
        live.keys.filter { $0 == path || $0.hasPrefix(path + "/") }
    }

    func isArtifact(_ path: String) -> Bool {
        guard let inode = live[path], isDirectory[inode] == true else { return false }
        let parts = path.split(separator: "/")
        let isInArea = parts.count > 3 && parts[0] == "Projects" && ["Models", "TrainingDatasets"].contains(parts[2])
        let isNumbered = parts.count == 5 && Int(parts[4]) != nil
        return marks[inode] == true || isInArea && (parts.count == 4 || isNumbered)
    }

    func owner(of directory: String) -> InodeID? {
        if isArtifact(directory) { return live[directory] }
        return directory == "/" ? nil : owner(of: Feed.parent(directory))
    }

    private func who(_ entry: FeedEntry) -> String { entry.run?.description ?? entry.user }
    private func readBy(_ entry: FeedEntry) -> Set<ArtifactVersion> { entry.run.flatMap { reads[$0] } ?? [] }
    private func now(_ inode: InodeID) -> ArtifactVersion { ArtifactVersion(inode, current[inode] ?? 0) }

    private mutating func make(_ inode: InodeID, _ entry: FeedEntry) -> ArtifactVersion {
        current[inode] = (current[inode] ?? 0) + 1
        makers[now(inode)] = who(entry)
        return now(inode)
    }

    private mutating func touch(
        _ inode: InodeID, _ entry: FeedEntry, carrying: ArtifactVersion? = nil
    ) -> ArtifactVersion {
        let old = now(inode)
        let new = readBy(entry).subtracting([old]).subtracting(inputs[old] ?? [])
        let isFrozen = sealed.contains(old) && (!new.isEmpty || carrying != nil)
        if makers[old] != who(entry) || isFrozen {
            _ = make(inode, entry)
            if makers[old] != nil { inputs[now(inode), default: []].insert(old) }
        }
        inputs[now(inode), default: []].formUnion(readBy(entry))
        if let carrying { inputs[now(inode), default: []].insert(carrying) }
        return now(inode)
    }

    private mutating func close(_ entry: FeedEntry) {
        let event = entry.event
        let old = now(event.inode)
        let file = make(event.inode, entry)
        inputs[file] = readBy(entry)
        if case .content(let length, let modifiedMs, _) = event.change {
            contents[file] = Content(length: length, modifiedMs: modifiedMs)
        }
        if let owner = owner(of: Feed.parent(event.path)) {
            owners[file] = touch(owner, entry)
        } else if old.version > 0 {
            let source = owners[old] ?? old
            sealed.insert(source)
            inputs[file]?.insert(source)
        }
    }

    private mutating func read(_ entry: FeedEntry) {
        guard let run = entry.run else { return }
        let inode = entry.event.inode
        var file = now(inode)
        if case .content(let length, let modifiedMs, _) = entry.event.change {
            let seen = Content(length: length, modifiedMs: modifiedMs)
            while contents[file] != seen { file.version -= 1 }
        }
        let path = live.first { $0.value == inode }?.key
        let artifact: ArtifactVersion
        if let path, file == now(inode) {
            artifact = owner(of: Feed.parent(path)).map { now($0) } ?? file
        } else {
            artifact = owners[file] ?? file
        }
        reads[run, default: []].insert(artifact)
        sealed.insert(artifact)
    }

    private mutating func rename(_ entry: FeedEntry) {
        guard case .moved(_, let to) = entry.event.change else { return }
        let from = entry.event.path
        let inode = entry.event.inode
        let ownerBefore = owner(of: Feed.parent(from))
        let ownBefore = owner(of: from)
        for path in below(from) {
            live[to + path.dropFirst(from.count)] = live.removeValue(forKey: path)
        }
        let ownerAfter = owner(of: Feed.parent(to))
        if let ownerBefore, ownerBefore != ownerAfter { _ = touch(ownerBefore, entry) }
        guard isDirectory[inode] != true else {
            if owner(of: to) != ownBefore || Self.place(from) != Self.place(to) {
                reown(to, entry)
            } else if let ownerAfter {
                _ = touch(ownerAfter, entry)
            }
            return
        }
        if let ownerAfter {
            adopt(inode, into: ownerAfter, entry)
        } else if ownerBefore != nil {
            owners[now(inode)] = nil
        }
    }

    private static func place(_ path: String) -> String? {
        let parts = path.split(separator: "/")
        return parts[0] == "Projects" ? parts.dropFirst(2).joined(separator: "/") : nil
    }

    private mutating func reown(_ directory: String, _ entry: FeedEntry) {
        if let artifact = owner(of: directory) { _ = touch(artifact, entry) }
        for path in below(directory).sorted() {
            guard let inode = live[path], isDirectory[inode] != true else { continue }
            if let artifact = owner(of: Feed.parent(path)) {
                if owners[now(inode)]?.inode != artifact { adopt(inode, into: artifact, entry) }
            } else {
                owners[now(inode)] = nil
            }
        }
    }

    private mutating func adopt(_ file: InodeID, into artifact: InodeID, _ entry: FeedEntry) {
        let version = now(file)
        guard makers[version] != nil, owners[version]?.inode != artifact else {
            _ = touch(artifact, entry)
            return
        }
        if makers[version] == who(entry) {
            owners[version] = touch(artifact, entry)
        } else {
            let source = owners[version] ?? version
            sealed.insert(source)
            owners[version] = touch(artifact, entry, carrying: source)
        }
    }
}
