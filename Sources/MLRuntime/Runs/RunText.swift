package import Core

/// Runs as people read and write them.
package enum RunText {
    /// A command line; what a run does not keep is cut off.
    package static func command(_ arguments: [String]) -> String {
        cut(arguments.map { $0.contains(" ") || $0.isEmpty ? "'\($0)'" : $0 }.joined(separator: " "))
    }

    /// What names the run in a client's caller context.
    package static func callerContext(_ id: RunID) -> String { "hfs_run:\(id)" }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > Limits.runCommandBytesMax else { return text }
        var kept = text.prefix(Limits.runCommandBytesMax)
        while kept.utf8.count > Limits.runCommandBytesMax { kept.removeLast() }
        return String(kept)
    }
}
