import Client
import Core

/// `hfs find PATH --where ... [--order-by [-]FIELD] [--limit N]`: asks the namenode's index instead of walking the tree.
struct FindQueryRun: Sendable {
    let condition: AttributeCondition?
    let order: FindOrder?
    let limit: Int?
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
                let result = try await session.fileSystem.find(path, where: condition, order: order, limit: limit)
                for entry in result.found {
                    if json {
                        records.append(Self.record(entry))
                    } else {
                        let attributes = entry.attributes.map { "\t\($0.name)=\(Self.text($0.value))" }.joined()
                        try session.console.line(entry.path + attributes)
                    }
                }
                if !result.isComplete {
                    throw Complaint(path, "There are more: --limit gives up to \(Limits.findAnswersMax)")
                }
            }
        }
        if json { try session.console.line(JSONOutput.text(records)) }
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
