import Core

extension Executor {
    /// Runs a program to its end, which comes by itself; everything that it wrote.
    func output(of request: ProgramRequest) async throws(HFSError) -> (text: String, ending: ProgramEnding) {
        let program = try start(request)
        var bytes: [UInt8] = []
        while true {
            switch try await program.output(waitMs: 1000) {
            case .bytes(let more): bytes += more
            case .ended(let ending): return (String(decoding: bytes, as: UTF8.self), ending)
            }
        }
    }
}
