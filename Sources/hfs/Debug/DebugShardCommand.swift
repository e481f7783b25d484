import ArgumentParser
import Core
import MetaStore

/// `hfs debug shard`
struct DebugShardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shard", abstract: "Show and check the shard files; exit code 1 when something is damaged.")

    @OptionGroup var files: NamenodeFilesOptions
    @Option(help: ArgumentHelp("Show the rows of one table: dentry, locator, block...", valueName: "table"))
    var rows: String?

    private static let tables = Dictionary(uniqueKeysWithValues: Table.allCases.map { ("\($0)", $0) })

    func validate() throws {
        if let rows, Self.tables[rows] == nil {
            throw ValidationError(
                "'\(rows)' is no table; there are \(Self.tables.keys.sorted().joined(separator: ", "))")
        }
    }

    func run() async throws {
        let (files, shown) = (files, rows.flatMap { Self.tables[$0] })
        try await files.run("debug shard") { console in
            var damaged = 0
            for shard in try files.shards() {
                let identity = try shard.identity().map { "\($0.key)=\($0.value)" }.joined(separator: " ")
                try console.line("\(shard.path)  applied \(try shard.appliedLSN())  \(identity)")
                for problem in try shard.structuralProblems() {
                    try console.line("! \(problem)")
                    damaged += 1
                }
                for table in Table.allCases where shown == nil || shown == table {
                    var (count, bad) = (0, 0)
                    var failure: (any Error)?
                    try shard.rows(table) { row in
                        count += 1
                        if !row.isIntact { bad += 1 }
                        guard shown != nil || !row.isIntact else { return true }
                        do {
                            try console.line("  \(RowText.line(row))")
                            return true
                        } catch {
                            failure = error
                            return false
                        }
                    }
                    if let failure { throw failure }
                    damaged += bad
                    try console.line("  \(table): \(count) rows\(bad > 0 ? ", \(bad) damaged" : "")")
                }
            }
            if damaged > 0 { throw Complaint(files.directory, "\(damaged) problems") }
        }
    }
}
