import Core

/// An event of the feed as people read it.
enum EventText {
    static func line(_ event: NamespaceEvent) -> String {
        "\(event.kind) \(subject(event)) (inode \(event.inode))"
    }

    /// What it is about and what changed: `/a/b -> /c`.
    static func subject(_ event: NamespaceEvent) -> String {
        let path = event.isDirectory && event.path != "/" ? event.path + "/" : event.path
        return (path.isEmpty ? hidden : path) + change(event.change)
    }

    /// One side of a move that the caller may not see.
    private static let hidden = "(hidden)"

    private static func change(_ change: NamespaceEvent.Change) -> String {
        switch change {
        case .none: ""
        case .text(let text): text.isEmpty ? "" : " " + text.split(separator: "\n").joined(separator: ", ")
        case .content(let length, _, _): " \(length) bytes"
        case .moved(_, let path): " -> \(path.isEmpty ? hidden : path)"
        case .attribute(let name, let old, let new): " \(name)\(value(" was ", old))\(value(" = ", new))"
        }
    }

    /// Values that are text, as text; others as their length.
    private static func value(_ before: String, _ bytes: [UInt8]?) -> String {
        guard let bytes else { return "" }
        guard let text = String(validating: bytes, as: UTF8.self), text.count <= 80,
            !text.unicodeScalars.contains(where: { $0.value < 0x20 })
        else { return "\(before)(\(bytes.count) bytes)" }
        return "\(before)'\(text)'"
    }
}
