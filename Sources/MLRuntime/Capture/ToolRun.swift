import Core

/// What a tool of this host says: git, an interpreter asked for its version.
enum ToolRun {
    /// Its standard output, when it ended with success within `timeoutMs` and said no more than `bytesMax`; else nil.
    static func output(
        _ arguments: [String], in directory: String, environment: [String: String], bytesMax: Int = 4 << 20,
        timeoutMs: Int64 = 20_000
    ) async -> [UInt8]? {
        let clock = SystemClock()
        let deadlineMs = clock.monotonicMs + timeoutMs
        let request = ProgramRequest(
            arguments: ["/bin/sh", "-c", "exec \"$0\" \"$@\" 2>/dev/null"] + arguments,
            environment: environment.map { "\($0.key)=\($0.value)" }.sorted(), directory: directory)
        guard let program = try? LocalExecutor().start(request) else { return nil }
        var bytes: [UInt8] = []
        var isRefused = false
        while let output = try? await program.output(waitMs: 200) {
            switch output {
            case .bytes(let more):
                if !isRefused { bytes += more }
                if !isRefused, bytes.count > bytesMax || clock.monotonicMs > deadlineMs {
                    isRefused = true
                    bytes = []
                    program.stop(graceMs: 0)
                }
            case .ended(let ending): return ending == .exited(0) && !isRefused ? bytes : nil
            }
        }
        return nil
    }

    /// The same as a text without the line's end.
    static func line(
        _ arguments: [String], in directory: String, environment: [String: String]
    ) async -> String? {
        guard let bytes = await output(arguments, in: directory, environment: environment, bytesMax: 64 << 10) else {
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return String(text.prefix { $0 != "\n" })
    }
}
