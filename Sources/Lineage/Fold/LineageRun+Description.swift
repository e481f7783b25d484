import Core

extension LineageRun {
    /// Takes one of the facts that a run's beginning tells; others are passed over.
    mutating func take(_ key: Substring, _ value: String) {
        switch key {
        case "kind": kind = value
        case "project": project = value
        case "command": command = value
        case "host": host = value
        case "parent": parent = RunID(value)
        default: break
        }
    }
}
