import Core
import Glibc

/// The checkpoints of an attempt on this host: `step-000000012`, a file or a directory, which has its name once it is whole. What is
/// there at the attempt's start, an earlier attempt left or the trial that this one continues.
struct CheckpointFolder: Sendable {
    let path: String
    /// So many of the newest stay.
    private let keptMax: Int

    init(_ path: String, keptMax: Int = 2) {
        self.path = path
        self.keptMax = keptMax
    }

    /// The newest; nil where there is none.
    var newest: Checkpoint? { all.last }

    /// From the oldest to the newest.
    private var all: [Checkpoint] {
        TrialFolder.entries(path).compactMap { name in
            guard name.hasPrefix(Self.prefix), let step = Int(name.dropFirst(Self.prefix.count)), step >= 0 else {
                return nil
            }
            return Checkpoint(step: step, path: "\(path)/\(name)")
        }.sorted { $0.step < $1.step }
    }

    /// Keeps what `write` puts at the path that it gets, and removes the oldest; its name.
    func save(step: Int, _ write: (String) throws -> Void) throws -> String {
        let part = begin(step)
        try write(part)
        return try keep(part, step)
    }

    /// Keeps a file of these bytes, and removes the oldest; its name.
    func save(step: Int, _ bytes: [UInt8]) throws(HFSError) -> String {
        let part = begin(step)
        try SmallFile.write(bytes, to: part, syncs: true)
        return try keep(part, step)
    }

    /// Where a checkpoint is written before it has its name.
    private func begin(_ step: Int) -> String {
        let part = "\(path)/.\(name(step)).part"
        TrialFolder.remove(part)
        return part
    }

    private func keep(_ part: String, _ step: Int) throws(HFSError) -> String {
        let target = "\(path)/\(name(step))"
        // A directory takes no other's place.
        TrialFolder.remove(target)
        guard rename(part, target) == 0 else { throw TrialFolder.error("keep \(target)") }
        for old in all.dropLast(keptMax) { TrialFolder.remove(old.path) }
        return name(step)
    }

    private func name(_ step: Int) -> String {
        precondition(step >= 0)
        let digits = String(step)
        return Self.prefix + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    }

    /// Has all workers hold rank 0's newest checkpoint, wherever they run. `.unsupported` for one that is a directory, of workers that
    /// do not all have it.
    func share(_ ring: Ring) async throws(HFSError) {
        let steps = try await ring.reduce([Double(newest?.step ?? -1), -Double(newest?.step ?? -1)], .max)
        if steps[0] == -steps[1] { return }
        let own = newest
        let bytes = ring.rank == 0 ? try own?.bytes() ?? [] : []
        let state = try await ring.broadcast(Array("\(own?.step ?? -1)".utf8))
        let content = try await ring.broadcast(bytes)
        guard ring.rank != 0, let step = Int(String(decoding: state, as: UTF8.self)) else { return }
        for name in TrialFolder.entries(path) { TrialFolder.remove("\(path)/\(name)") }
        guard step >= 0 else { return }
        _ = try save(step: step, content)
    }

    private static let prefix = "step-"
}
