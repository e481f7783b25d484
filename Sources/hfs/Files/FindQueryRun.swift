import Client
import Core

/// `hfs find PATH --where ... [--order-by [-]FIELD] [--limit N]`: asks the namenode's index instead of walking the tree.
struct FindQueryRun: Sendable {
    let condition: AttributeCondition?
    let order: FindOrder?
    let limit: Int?
    let filter: FindFilter
    let json: Bool

    struct Record: Encodable {
        let path: String
        let inode: UInt64
        let kind: String
        let attributes: [String: String]
    }

    /// `-field` is descending.
    static func order(_ text: String) -> FindOrder {
        text.hasPrefix("-") ? FindOrder(String(text.dropFirst()), isDescending: true) : FindOrder(text)
    }

    func run(_ session: Session, _ paths: [String]) async throws {
        var records: [Record] = []
        for path in paths {
            try await session.attempt(path) {
                let (entries, rest) = try await answers(path, session)
                for entry in entries {
                    if json {
                        records.append(Self.record(entry))
                    } else {
                        let attributes = entry.attributes.map { "\t\($0.name)=\(Self.text($0.value))" }.joined()
                        try session.console.line(session.console.name(entry.path) + attributes)
                    }
                }
                if let rest { throw Complaint(path, rest) }
            }
        }
        if json { try session.console.line(JSONOutput.text(records)) }
    }

    private static let more = "There are more: --limit gives up to \(Limits.findAnswersMax), --where fewer"
    private static let unfiltered = """
        There may be more: -name, -type, -size and -maxdepth looked at the first \(Limits.findAnswersMax) answers to the rest; \
        --where takes in fewer
        """

    /// What holds all conditions, and what to say where that is not all that was asked for: whoever gave a limit and got as many
    /// has that.
    private func answers(
        _ path: String, _ session: Session
    ) async throws -> (entries: [FindResult.Entry], rest: String?) {
        // What is left out here must not have been cut off there.
        let result = try await session.fileSystem.find(
            path, where: condition, order: order, limit: filter.isEmpty ? limit : Limits.findAnswersMax)
        let most = limit ?? Limits.findAnswersDefault
        var entries: [FindResult.Entry] = []
        for entry in result.found {
            if entries.count == most, limit != nil { break }
            guard try await holds(entry, below: path, session) else { continue }
            if entries.count == most { return (entries, Self.more) }
            entries.append(entry)
        }
        if result.isComplete || limit != nil && entries.count == most { return (entries, nil) }
        return (entries, filter.isEmpty ? Self.more : Self.unfiltered)
    }

    private func holds(_ entry: FindResult.Entry, below path: String, _ session: Session) async throws -> Bool {
        guard filter.holds(entry.path, isDirectory: entry.isDirectory, below: path) else { return false }
        guard filter.size != nil else { return true }
        return try await session.statusIfExists(entry.path).map(filter.holds) ?? false
    }

    private static func record(_ entry: FindResult.Entry) -> Record {
        Record(
            path: entry.path, inode: entry.inode.rawValue, kind: entry.isDirectory ? "directory" : "file",
            attributes: Dictionary(entry.attributes.map { ($0.name, text($0.value)) }) { first, _ in first })
    }

    private static func text(_ value: [UInt8]) -> String {
        ExtendedAttribute(namespace: .user, name: "", value: value).valueText
    }
}
