import Client
import Core

/// Prints events: a table whose columns fit the first page, or JSON lines.
struct EventPrinter {
    let console: Console
    let isJSON: Bool
    /// Each event is written at once; a namenode that went away is waited for.
    let isLive: Bool
    private var isWaiting = false
    private var isHeaded = false

    init(console: Console, isJSON: Bool, isLive: Bool) {
        self.console = console
        self.isJSON = isJSON
        self.isLive = isLive
    }

    /// The next event. Whoever follows goes on where they were when the namenode is back, and says so on standard error.
    mutating func next(_ events: inout EventSequence.Iterator) async throws -> FeedEntry? {
        while true {
            do throws(HFSError) {
                let entry = try await events.next(isolation: nil)
                if isWaiting { Console.standardError("hfs: events: the namenode is back\n") }
                isWaiting = false
                return entry
            } catch {
                guard isLive, Self.isPassing(error) else { throw error }
                if !isWaiting { Console.standardError("hfs: events: waiting for the namenode: \(error)\n") }
                isWaiting = true
                try await Pause.beforeAskingAgain()
            }
        }
    }

    private static func isPassing(_ error: HFSError) -> Bool {
        switch error.code {
        case .connectionFailed, .connectionLost, .timedOut, .retriable, .standby: true
        default: false
        }
    }

    mutating func show(_ entry: FeedEntry) throws {
        if isJSON {
            try console.line(JSONOutput.line(EventRecord(entry)))
        } else {
            if !isHeaded { try console.line(Self.row(["LSN", "TIME", "USER", "RUN", "KIND", "PATH"])) }
            isHeaded = true
            try console.line(
                Self.row([
                    entry.lsn.description, Format.time(entry.timeMs, seconds: true), entry.user,
                    entry.run?.description ?? "-", "\(entry.event.kind)", EventText.subject(entry.event),
                ]))
        }
        if isLive { try console.flush() }
    }

    private static let widths = [8, 19, 10, 10, 13]

    /// Columns of fixed width: rows are printed as they come.
    private static func row(_ fields: [String]) -> String {
        fields.enumerated().map { $0 < widths.count ? $1.padded(widths[$0]) : $1 }.joined(separator: "  ")
    }
}
