/// In what this host's environment differs from the one that an experiment was made in.
public enum EnvironmentCheck {
    /// One difference a line: `numpy 2.0.1, now 2.1.0`. Empty: nothing that was kept differs.
    public static func differences(_ was: EnvironmentRecord, _ now: EnvironmentRecord) -> [String] {
        var lines: [String] = []
        func compare(_ what: String, _ first: String?, _ second: String?) {
            guard first != second else { return }
            lines.append("\(what) \(first ?? "not there"), now \(second ?? "not there")")
        }
        compare("python", was.python?.version, now.python?.version)
        if let before = was.python, let after = now.python {
            let (old, new) = (versions(before.packages), versions(after.packages))
            for name in Set(old.keys).union(new.keys).sorted() { compare(name, old[name], new[name]) }
        }
        compare("swift", was.swift, now.swift)
        compare("machine", was.host.machine, now.host.machine)
        for name in Set(was.variables.keys).union(now.variables.keys).sorted() where name != "PATH" {
            compare("$\(name)", was.variables[name], now.variables[name])
        }
        return lines
    }

    private static func versions(_ packages: [String]) -> [String: String] {
        packages.reduce(into: [:]) { versions, line in
            guard let separator = line.firstRange(of: "==") else { return }
            versions[String(line[..<separator.lowerBound])] = String(line[separator.upperBound...])
        }
    }
}
