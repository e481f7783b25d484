import Testing

@Suite("Banned calls")
struct BannedCallTests {
    struct Ban: Sendable {
        let pattern: String
        /// Every match has this in it: most lines need no regular expression.
        let hint: String
        let reason: String
        /// Files that may, each for a reason told in the file itself.
        var allowed: [String] = []
    }

    static let bans: [Ban] = [
        Ban(pattern: #"\bDate\(\)"#, hint: "Date(", reason: "time is injected (HFSClock)"),
        Ban(
            pattern: #"\bTask\.sleep\b"#, hint: "Task.sleep", reason: "waits are for events, with deadlines",
            allowed: ["Sources/hfs/Support/Pause.swift"]),
        Ban(pattern: #"\b(usleep|nanosleep|sleep)\("#, hint: "sleep(", reason: "waits are for events, with deadlines"),
        Ban(pattern: #"\btry!"#, hint: "try!", reason: "errors are handled or thrown"),
        Ban(pattern: #"\bas!"#, hint: "as!", reason: "casts may fail"),
        Ban(
            pattern: #"\bfatalError\("#, hint: "fatalError(",
            reason: "precondition for own invariants, throw for the rest"),
        Ban(pattern: #"\bDispatchQueue\b"#, hint: "DispatchQueue", reason: "dedicated threads or event loops"),
        Ban(pattern: #"\bTask\.detached\b"#, hint: "Task.detached", reason: "tasks have an owner"),
        Ban(pattern: #"[A-Za-z0-9_\)\]]!(?![=A-Za-z0-9_])"#, hint: "!", reason: "no force unwrap"),
    ]

    @Test("a banned call is in no source", arguments: bans.indices)
    func banned(_ index: Int) throws {
        let ban = Self.bans[index]
        let pattern = try Regex(ban.pattern)
        let hint = ban.hint
        for file in Repository.sources where !ban.allowed.contains(file.path) {
            for (number, line) in file.code.enumerated()
            where line.mentions(hint) && line.firstMatch(of: pattern) != nil {
                Issue.record(
                    "\(file):\(number + 1): \(ban.reason): \(file.lines[number].trimmingPrefix(while: \.isWhitespace))")
            }
        }
    }

    @Test("nothing is put off: no reminder comments")
    func postponed() throws {
        let pattern = try Regex("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b")
        for file in Repository.sources + Repository.tests {
            for (number, line) in file.lines.enumerated()
            where ["TO" + "DO", "FIX" + "ME", "XX" + "X"].contains(where: line.mentions)
                && line.firstMatch(of: pattern) != nil
            {
                Issue.record("\(file):\(number + 1): \(line)")
            }
        }
    }

    @Test("an unchecked Sendable says why it is safe")
    func unchecked() {
        for file in Repository.sources {
            for (number, line) in file.code.enumerated() where line.mentions("@unchecked Sendable") {
                let before = file.lines[max(0, number - 12)..<number].filter { $0.contains("//") }
                if before.isEmpty { Issue.record("\(file):\(number + 1): @unchecked Sendable without its reason") }
            }
        }
    }
}
