/// A word on a program's standard output that a checkpoint is complete: `hfs::checkpoint epoch-3.npz step=3`.
struct CheckpointLine: Hashable, Sendable {
    static let prefix = "hfs::checkpoint "

    /// Of the file or directory in the checkpoint directory.
    var name: String
    var step: Int?

    /// nil for any other line, and for a name that cannot be one.
    init?(_ line: some StringProtocol) {
        guard line.hasPrefix(Self.prefix) else { return nil }
        var words = line.dropFirst(Self.prefix.count).split(whereSeparator: \.isWhitespace)
        if let last = words.last, last.hasPrefix("step="), words.count > 1 {
            guard let step = Int(last.dropFirst("step=".count)) else { return nil }
            self.step = step
            words.removeLast()
        }
        guard words.count == 1, Self.isName(String(words[0])) else { return nil }
        name = String(words[0])
    }

    /// Whether what is renamed to this name is meant to be complete: programs write under names that begin with a dot or end so.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && !name.contains("/") && !name.hasPrefix(".") && name.utf8.count <= 200
            && ![".tmp", ".part", ".partial"].contains { name.hasSuffix($0) }
    }
}
