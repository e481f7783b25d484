import ArgumentParser
import Core
import MetaStore
import NameNode

/// `hfs debug edits`
struct DebugEditsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edits", abstract: "List the records of the edits log: number, time, user, what happened.")

    @OptionGroup var files: NamenodeFilesOptions
    @Option(help: ArgumentHelp("The first record to show.", valueName: "lsn")) var from: UInt64 = 0
    @Option(help: ArgumentHelp("The last record to show.", valueName: "lsn")) var to: UInt64 = .max
    @Flag(help: "The rows that each record changes, too.") var rows = false

    func run() async throws {
        let (directory, from, to, showsRows) = ("\(files.directory)/edits", from, to, rows)
        try await files.run("debug edits") { console in
            let inspector = EditsInspector(directory: directory)
            for segment in try inspector.segments() {
                let cluster = segment.clusterID ?? "damaged or empty header"
                try console.line("# \(segment.path), from \(segment.firstLSN), \(cluster)")
                var failure: (any Error)?
                try inspector.records(of: segment) { item in
                    do {
                        switch item {
                        case .gap(let offset, let next):
                            let end = next.map { "the next whole one at byte \($0)" } ?? "none follows"
                            try console.line("! no record continues the chain at byte \(offset); \(end)")
                        case .record(let record, _, _) where from <= record.lsn.rawValue && record.lsn.rawValue <= to:
                            try Self.show(record, showsRows: showsRows, console)
                        case .record: break
                        }
                        return true
                    } catch {
                        failure = error
                        return false
                    }
                }
                if let failure { throw failure }
            }
        }
    }

    private static func show(_ record: EditRecord, showsRows: Bool, _ console: Console) throws {
        let events = record.mutation.events.map { EventText.line($0) }
        let what = events.isEmpty ? "\(record.mutation.rows.count) rows" : events.joined(separator: ", ")
        let run = record.origin.run.map { " \($0)" } ?? ""
        let context = run + (record.origin.callerContext.isEmpty ? "" : " [\(record.origin.callerContext)]")
        try console.line(
            "\(record.lsn)  \(Format.time(record.timeMs, seconds: true))  \(record.origin.user)\(context)  \(what)")
        guard showsRows else { return }
        for change in record.mutation.rows {
            switch change {
            case .put(let key, let image):
                try console.line("    put \(RowText.key(key)): \(RowDescription.text(key, image))")
            case .delete(let key):
                try console.line("    delete \(RowText.key(key))")
            }
        }
        for (directory, delta) in record.mutation.counters { try console.line("    count \(directory): \(delta)") }
    }
}
