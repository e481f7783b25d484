public import Client
public import Core

extension ExperimentStore {
    /// The experiments of a project that meet a condition by their own attributes or by those of one of their trials, by their
    /// names. One query an experiment that is found, none for the others.
    public static func find(
        project: String, where condition: AttributeCondition, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> [ExperimentPaths] {
        let parent = ExperimentPaths.experiments(of: project)
        guard try await fileSystem.exists(parent) else { return [] }
        var found: [ExperimentPaths] = []
        // Behind all paths that need no look any more.
        var last: String?
        while true {
            let next =
                last.map { .all([condition, .compare("path", .greater, .text($0))]) } ?? condition
            let page = try await fileSystem.find(parent, where: next, order: FindOrder("path"), limit: 1)
            guard let entry = page.found.first else { return found }
            let parts = entry.path.dropFirst(parent.utf8.count).split(separator: "/")
            last = entry.path
            guard let name = parts.first else { continue }
            let paths = ExperimentPaths("\(parent)/\(name)")
            if !name.hasPrefix("."), found.last != paths { found.append(paths) }
            // What lies below a directory comes behind names that begin like its own.
            if parts.count > 1 { last = "\(paths.root)/\u{10FFFF}" }
        }
    }
}
