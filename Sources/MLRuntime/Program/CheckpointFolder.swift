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

    /// Keeps what `write` puts at the path that it gets, and removes the oldest.
    func save(step: Int, _ write: (String) throws -> Void) throws {
        precondition(step >= 0)
        let digits = String(step)
        let name = Self.prefix + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
        let part = "\(path)/.\(name).part"
        TrialFolder.remove(part)
        try write(part)
        // A directory takes no other's place.
        TrialFolder.remove("\(path)/\(name)")
        guard rename(part, "\(path)/\(name)") == 0 else { throw TrialFolder.error("keep \(path)/\(name)") }
        for old in all.dropLast(keptMax) { TrialFolder.remove(old.path) }
    }

    private static let prefix = "step-"
}
