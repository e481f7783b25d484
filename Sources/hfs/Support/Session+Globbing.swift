import Client
import Core

extension Session {
    /// The paths that `operands` mean, patterns expanded in name order. A pattern without a match is said and remembered
    /// as a failure, like a missing file.
    func expand(_ operands: [String]) async throws -> [String] {
        var paths: [String] = []
        for operand in operands {
            let path = try path(operand)
            guard GlobPattern.isPattern(path), try await statusIfExists(path) == nil else {
                paths.append(path)
                continue
            }
            let matches = try await matching(path)
            if matches.isEmpty { try fail(operand, HFSError(.fileNotFound, path)) }
            paths += matches
        }
        return paths
    }

    private func matching(_ pattern: String) async throws -> [String] {
        var found = ["/"]
        for component in pattern.split(separator: "/").map(String.init) {
            guard GlobPattern.isPattern(component) else {
                found = found.map { RemotePath.join($0, component) }
                continue
            }
            let glob = GlobPattern(component)
            var next: [String] = []
            for directory in found {
                guard try await statusIfExists(directory)?.isDirectory == true else { continue }
                for try await entry in fileSystem.list(directory) where glob.matches(entry.nameText) {
                    next.append(RemotePath.join(directory, entry.nameText))
                }
            }
            found = next
        }
        var existing: [String] = []
        for path in found where try await statusIfExists(path) != nil { existing.append(path) }
        return existing
    }
}
