import Core

/// What a run's events say of it in their text.
///
/// A beginning: the name, and on further lines `key=value`. An end: the outcome and, where one is known, the exit code.
enum RunDescription {
    static func begin(_ run: inout LineageRun, _ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if let name = lines.first { run.name = String(name) }
        for line in lines.dropFirst() {
            guard let equals = line.firstIndex(of: "=") else { continue }
            run.take(line[..<equals], String(line[line.index(after: equals)...]))
        }
    }

    static func end(_ run: inout LineageRun, _ text: String) {
        let words = text.split(separator: " ")
        run.outcome =
            RunState.allCases.first { outcome in words.first.map { "\(outcome)" == $0 } ?? false } ?? .finished
        run.exitCode = words.dropFirst().first.flatMap { Int32($0) }
    }
}
