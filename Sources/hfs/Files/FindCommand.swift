import ArgumentParser
import Client
import Core

/// `hfs find PATH... [-name PATTERN] [-type f|d] [-size [+-]N] [-maxdepth N]`, which walks the tree, or
/// `hfs find PATH... --where CONDITION [--order-by [-]FIELD] [--limit N]`, which asks the namenode.
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
        if let size, SizeCondition(size) == nil { throw ValidationError("-size takes a number, +number or -number") }
        if let maxdepth, maxdepth < 0 { throw ValidationError("-maxdepth is not negative") }
        guard isQuery else { return }
        if name != nil || iname != nil || type != nil || size != nil || maxdepth != nil {
            throw ValidationError("--where, --order-by and --limit exclude -name, -iname, -type, -size and -maxdepth")
        }
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
            condition: condition, order: orderBy.map(FindQueryRun.order), limit: limit, json: json)
    }

    func run() async throws {
        let command = self
        try await Session.run("find", connection) { session in
            guard !command.isQuery else {
                let paths = command.paths.isEmpty ? [session.home] : try await session.expand(command.paths)
                return try await command.query().run(session, paths)
            }
            var records: [FileRecord] = []
            let patterns = [
                command.name.map { GlobPattern($0) }, command.iname.map { GlobPattern($0, ignoringCase: true) },
            ]
            .compactMap { $0 }
            let size = command.size.flatMap(SizeCondition.init)
            for path in try await session.expand(command.paths.isEmpty ? [session.home] : command.paths) {
                try await session.attempt(path) {
                    let start = RemoteTree.Entry(
                        path: path, relativePath: "", status: try await session.fileSystem.status(of: path))
                    try await RemoteTree.visit(
                        session.fileSystem, start, depthMax: command.maxdepth ?? .max,
                        onError: { try session.fail($0.subject, $0) }
                    ) { entry in
                        let status = entry.status
                        if let type = command.type, status.isDirectory != (type == "d") { return }
                        if let size, status.isDirectory || !size.holds(status.length) { return }
                        guard patterns.allSatisfy({ $0.matches(RemotePath.name(entry.path)) }) else { return }
                        if command.json {
                            records.append(FileRecord(entry.path, status))
                        } else {
                            try session.console.line(entry.path)
                        }
                    }
                }
            }
            if command.json { try session.console.line(JSONOutput.text(records)) }
        }
    }

    /// `+10k`: more than 10,240 bytes; `-10k`: fewer; `10k`: as many.
    struct SizeCondition: Sendable {
        private let sign: Character?
        private let bytes: UInt64

        init?(_ text: String) {
            var digits = text[...]
            sign = digits.first.flatMap { "+-".contains($0) ? $0 : nil }
            if sign != nil { digits = digits.dropFirst() }
            var shift = 0
            if let unit = digits.last, let index = ["c", "k", "M", "G", "T"].firstIndex(of: String(unit)) {
                shift = 10 * index
                digits = digits.dropLast()
            }
            guard let count = UInt64(digits) else { return nil }
            let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: 1 << UInt64(shift))
            if isTooLarge { return nil }
            self.bytes = bytes
        }

        func holds(_ length: UInt64) -> Bool {
            switch sign {
            case "+": length > bytes
            case "-": length < bytes
            default: length == bytes
            }
        }
    }
}
