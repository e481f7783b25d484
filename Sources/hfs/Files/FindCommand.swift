import ArgumentParser
import Client
import Core

/// `hfs find PATH... [-name PATTERN] [-type f|d] [-size [+-]N] [-maxdepth N]`, which walks the tree; with any of
/// `[--where CONDITION] [--order-by [-]FIELD] [--limit N]` it asks the namenode's index and looks at what that finds.
struct FindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Find files and directories below paths; all given conditions must hold.")

    @OptionGroup var connection: ConnectionOptions
    @Option(
        name: [.customLong("name", withSingleDash: true), .customLong("name")], help: "The name matches a pattern.")
    var name: String?
    @Option(
        name: [.customLong("iname", withSingleDash: true), .customLong("iname")],
        help: "The name matches a pattern, upper and lower case alike.")
    var iname: String?
    @Option(
        name: [.customLong("type", withSingleDash: true), .customLong("type")], help: "f for files, d for directories.")
    var type: String?
    @Option(
        name: [.customLong("size", withSingleDash: true), .customLong("size")], parsing: .unconditional,
        help: "Bytes, or with k, M, G; +N for more, -N for less.")
    var size: String?
    @Option(
        name: [.customLong("maxdepth", withSingleDash: true), .customLong("maxdepth")],
        help: "Go down so many levels at most.")
    var maxdepth: Int?
    @Option(
        help: """
            Attributes meet a condition: ml.accuracy > 0.9 and (kind = model or not exists user.old). Fields are user.*, ml.*, \
            hfs.*, kind, name, owner, path and modified; name like 'begin*'.
            """)
    var `where`: String?
    @Option(
        parsing: .unconditional, help: "The answers' order: an attribute or another field, with - before it descending."
    )
    var orderBy: String?
    @Option(help: "So many answers at most, 1,000 unless given.") var limit: Int?
    @Flag(help: "An array of objects.") var json = false
    @Argument(help: "Where to begin.") var paths: [String] = []

    func validate() throws {
        if let type, type != "f", type != "d" { throw ValidationError("-type takes f or d") }
        if let size, FindFilter.SizeCondition(size) == nil {
            throw ValidationError("-size takes a number, +number or -number")
        }
        if let maxdepth, maxdepth < 0 { throw ValidationError("-maxdepth is not negative") }
        guard isQuery else { return }
        do throws(HFSError) {
            _ = try query()
        } catch {
            throw ValidationError(error.message)
        }
    }

    private var isQuery: Bool { `where` != nil || orderBy != nil || limit != nil }

    private func query() throws(HFSError) -> FindQueryRun {
        let condition = try `where`.map { text throws(HFSError) in try ConditionParser.parse(text) }
        return FindQueryRun(
            condition: condition, order: orderBy.map(FindQueryRun.order), limit: limit, filter: filter, json: json)
    }

    private var filter: FindFilter {
        let patterns = [name.map { GlobPattern($0) }, iname.map { GlobPattern($0, ignoringCase: true) }]
        return FindFilter(
            patterns: patterns.compactMap { $0 }, type: type, size: size.flatMap(FindFilter.SizeCondition.init),
            depthMax: maxdepth)
    }

    func run() async throws {
        let command = self
        try await Session.run("find", connection) { session in
            guard !command.isQuery else {
                let paths = command.paths.isEmpty ? [session.home] : try await session.expand(command.paths)
                return try await command.query().run(session, paths)
            }
            var records: [FileRecord] = []
            let filter = command.filter
            for path in try await session.expand(command.paths.isEmpty ? [session.home] : command.paths) {
                try await session.attempt(path) {
                    let start = RemoteTree.Entry(
                        path: path, relativePath: "", status: try await session.fileSystem.status(of: path))
                    try await RemoteTree.visit(
                        session.fileSystem, start, depthMax: command.maxdepth ?? .max,
                        onError: { try session.fail($0.subject, $0) }
                    ) { entry in
                        let status = entry.status
                        guard filter.holds(entry.path, isDirectory: status.isDirectory, below: path),
                            filter.holds(status)
                        else { return }
                        if command.json {
                            records.append(FileRecord(entry.path, status))
                        } else {
                            try session.console.line(session.console.name(entry.path))
                        }
                    }
                }
            }
            if command.json { try session.console.line(JSONOutput.text(records)) }
        }
    }
}
