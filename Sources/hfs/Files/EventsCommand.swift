import ArgumentParser
import Client
import Core

/// `hfs events [--from LSN | --since TIME] [--follow] [--path DIR] [--run ID] [--kind KIND ...] [--limit N] [--json]`
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Show what happened to files and directories, in order: who, when, what.",
        discussion: """
            Without --from and --since all events that the namenode still keeps are shown; with --follow alone, those \
            from now on. A user sees the events of directories that they may enter and their own.
            """)

    @OptionGroup var connection: ConnectionOptions
    @Option(help: ArgumentHelp("The first event to show, by its number.", valueName: "lsn")) var from: UInt64?
    @Option(
        help: ArgumentHelp(
            "Events from this time on: 90s, 15m, 2h, 7d ago, or a local time such as 2026-11-21T08:30.",
            valueName: "time"))
    var since: String?
    @Flag(name: [.customShort("f"), .long], help: "Go on until interrupted.") var follow = false
    @Option(help: ArgumentHelp("Only this directory and what lies below.", valueName: "path")) var path: String?
    @Option(help: ArgumentHelp("Only what this run did: run-17.", valueName: "id")) var run: String?
    @Option(help: ArgumentHelp("Only this kind of event; may be repeated.", valueName: "kind"))
    var kind: [String] = []
    @Option(help: ArgumentHelp("Stop after so many events.", valueName: "count")) var limit: Int?
    @Flag(help: "One JSON object a line.") var json = false

    func validate() throws {
        if from != nil, since != nil { throw ValidationError("--from and --since exclude each other") }
        if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
        if let since, EventTime.ms(since, nowMs: SystemClock().nowMs) == nil {
            throw ValidationError(
                "--since takes 90s, 15m, 2h, 7d, a time such as 2026-11-21T08:30, or milliseconds since 1970, not '\(since)'"
            )
        }
        if let run, Self.runID(run) == nil {
            throw ValidationError("--run takes a run's id such as run-17, not '\(run)'")
        }
        for name in kind where Self.kinds[name] == nil {
            throw ValidationError(
                "there is no kind of event '\(name)'; there are \(Self.kinds.keys.sorted().joined(separator: ", "))")
        }
    }

    private static let kinds = Dictionary(
        uniqueKeysWithValues: NamespaceEvent.Kind.allCases.map { ("\($0)", $0) })

    private static func runID(_ text: String) -> RunID? { RunID(text) ?? UInt64(text).map { RunID($0) } }

    private func start(nowMs: Int64) -> EventStart {
        if let from { return .lsn(LSN(from)) }
        if let ms = since.flatMap({ EventTime.ms($0, nowMs: nowMs) }) { return .time(ms: ms) }
        return follow ? .end : .oldest
    }

    func run() async throws {
        let command = self
        let start = start(nowMs: SystemClock().nowMs)
        let kinds = Set(kind.compactMap { Self.kinds[$0] })
        let run = run.flatMap(Self.runID)
        try await Session.run("events", connection) { session in
            let events = session.fileSystem.events(
                from: start, path: try command.path.map { try session.path($0) }, kinds: kinds, run: run,
                follows: command.follow)
            var printer = EventPrinter(console: session.console, isJSON: command.json, isLive: command.follow)
            var iterator = events.makeAsyncIterator()
            var left = command.limit ?? .max
            while left > 0, let entry = try await printer.next(&iterator) {
                try printer.show(entry)
                left -= 1
            }
        }
    }
}
