import Core

/// A mode as chmod takes it: octal, or `u+rw,go-w` with `u g o a`, `+ - =`, `r w x X t`.
struct ModeChange: Sendable {
    private enum Step: Sendable {
        case set(UInt16)
        case symbolic(who: UInt16, operation: Character, permissions: String)
    }

    private let steps: [Step]

    init?(_ text: String) {
        if let octal = UInt16(text, radix: 8) {
            guard octal <= 0o1777 else { return nil }
            steps = [.set(octal)]
            return
        }
        var steps: [Step] = []
        for clause in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let at = clause.firstIndex(where: { "+-=".contains($0) }) else { return nil }
            var who: UInt16 = 0
            for letter in clause[..<at] {
                switch letter {
                case "u": who |= 0o700
                case "g": who |= 0o070
                case "o": who |= 0o007
                case "a": who |= 0o777
                default: return nil
                }
            }
            let permissions = clause[clause.index(after: at)...]
            guard permissions.allSatisfy({ "rwxXt".contains($0) }) else { return nil }
            steps.append(
                .symbolic(who: who == 0 ? 0o777 : who, operation: clause[at], permissions: String(permissions)))
        }
        guard !steps.isEmpty else { return nil }
        self.steps = steps
    }

    func applied(to mode: FileMode, isDirectory: Bool) -> FileMode {
        var bits = mode.bits
        for step in steps {
            switch step {
            case .set(let octal): bits = octal
            case .symbolic(let who, let operation, let permissions):
                var wanted: UInt16 = 0
                for letter in permissions {
                    switch letter {
                    case "r": wanted |= 0o444 & who
                    case "w": wanted |= 0o222 & who
                    case "x": wanted |= 0o111 & who
                    case "X": wanted |= isDirectory || bits & 0o111 != 0 ? 0o111 & who : 0
                    default: wanted |= 0o1000
                    }
                }
                switch operation {
                case "+": bits |= wanted
                case "-": bits &= ~wanted
                default: bits = bits & ~(who | (who == 0o777 ? 0o1000 : 0)) | wanted
                }
            }
        }
        return FileMode(bits)
    }
}
