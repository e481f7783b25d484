public import Core
import Glibc

/// A virtual environment with the packages that an experiment's Python had.
public struct RebuiltPython: Sendable {
    /// The environment's own interpreter.
    public let executable: String
    /// Packages that no registry has: installed from a local directory, then.
    public let missing: [String]

    private static let tools: Set<String> = ["pip", "setuptools", "wheel"]
    private static let timeoutMs: Int64 = 1_800_000
    private static let messageBytesMax = 2000

    /// Makes it in `directory`, which is made, with `pip` and whatever it is configured to ask. `.unsupported` where this host has no
    /// Python of that version (its first two numbers), `.io` with pip's own words.
    public static func make(
        _ python: EnvironmentRecord.Python, in directory: String, _ environment: [String: String]
    ) async throws(HFSError) -> RebuiltPython {
        let version = python.version.split(separator: ".").prefix(2).joined(separator: ".")
        guard let interpreter = await interpreter(version, python.executable, environment) else {
            throw HFSError(.unsupported, "This host has no Python \(version), which the trial was run with")
        }
        try await run([interpreter, "-m", "venv", directory], environment)
        var (wanted, missing): ([String], [String]) = ([], [])
        for line in python.packages {
            let name = line.firstRange(of: "==").map { String(line[..<$0.lowerBound]).lowercased() } ?? line
            if tools.contains(name) { continue }
            if line.contains(" @ ") { missing.append(line) } else { wanted.append(line) }
        }
        let executable = "\(directory)/bin/python"
        if !wanted.isEmpty {
            let pip = [executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
            try await run(pip + wanted, environment)
        }
        return RebuiltPython(executable: executable, missing: missing)
    }

    /// The command with this interpreter in place of the one that it names.
    public func command(_ command: [String]) -> [String] {
        guard command.first?.split(separator: "/").last?.hasPrefix("python") == true else { return command }
        return [executable] + command.dropFirst()
    }

    private static func interpreter(
        _ version: String, _ first: String, _ environment: [String: String]
    ) async -> String? {
        for candidate in [first, "python\(version)", "python3"] {
            let text = "import sys; print('%d.%d' % sys.version_info[:2])"
            if await ToolRun.line([candidate, "-c", text], in: "/", environment: environment) == version {
                return candidate
            }
        }
        return nil
    }

    private static func run(_ arguments: [String], _ environment: [String: String]) async throws(HFSError) {
        let clock = SystemClock()
        let deadlineMs = clock.monotonicMs + timeoutMs
        let program = try LocalExecutor().start(
            ProgramRequest(
                arguments: arguments, environment: environment.map { "\($0.key)=\($0.value)" }.sorted(),
                directory: "/"))
        var said: [UInt8] = []
        while true {
            switch try await program.output(waitMs: 500) {
            case .bytes(let bytes):
                said = Array((said + bytes).suffix(messageBytesMax))
                if clock.monotonicMs > deadlineMs || Task.isCancelled { program.stop(graceMs: 0) }
            case .ended(.exited(0)): return
            case .ended:
                throw HFSError(
                    .io, "The environment cannot be rebuilt: \(arguments.prefix(4).joined(separator: " ")) failed",
                    cause: String(decoding: said, as: UTF8.self))
            }
        }
    }
}
