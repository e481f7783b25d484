import Core

/// This process as the program of its own trial: what it reports comes here instead of from a pipe.
final class InProcessProgram: RunningProgram, TrialChannel {
    private struct State {
        var output: [UInt8] = []
        var isStopped = false
        var ending: ProgramEnding?
    }

    private let state = Monitor(State())

    /// No process that anybody may end.
    var process: ProcessIdentity? { nil }

    var isStopped: Bool { state.withLock { $0.isStopped } }

    func say(_ line: String) throws(HFSError) {
        try state.update { state throws(HFSError) in
            guard state.ending == nil else { throw HFSError(.invalidArgument, "The run has ended: it reports no more") }
            state.output += Array("\(line)\n".utf8)
        }
    }

    /// The run is over. The first end counts.
    func end(_ ending: ProgramEnding) {
        state.update { if $0.ending == nil { $0.ending = ending } }
    }

    /// Its run is this process's own: whoever warns that tells it.
    func warn() {}

    func stop(graceMs: Int64) { state.update { $0.isStopped = true } }

    func output(waitMs: Int64) async throws(HFSError) -> ProgramOutput {
        try await BlockingWork.run(name: "hfs-tracking") { () throws(HFSError) in
            self.state.wait(timeoutMs: waitMs) { state in
                if !state.output.isEmpty {
                    defer { state.output = [] }
                    return .bytes(state.output)
                }
                return state.ending.map { .ended($0) }
            } ?? .bytes([])
        }
    }
}
