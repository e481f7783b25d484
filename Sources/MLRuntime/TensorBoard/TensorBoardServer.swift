public import Core

/// TensorBoard as a process of this host, serving a local directory.
public struct TensorBoardServer: Sendable {
    /// Where a browser finds it.
    public let url: String
    private let program: any RunningProgram

    private static let waitMs: Int64 = 200
    private static let graceMs: Int64 = 5_000
    /// Lines of its output that are told when it fails.
    private static let linesMax = 8
    /// How often it looks at the local directory, seconds.
    private static let reloadSeconds = 2

    /// Starts it, and returns when it serves.
    ///
    /// - Parameter command: the program and what comes before TensorBoard's own arguments.
    /// - Returns: nil when somebody else has the port.
    /// Errors: `.io` with its last words when it ends before it serves.
    public static func start(
        _ command: [String], on folder: String, host: String, port: UInt16, environment: [String],
        executor: any Executor = LocalExecutor()
    ) async throws(HFSError) -> TensorBoardServer? {
        let arguments = [
            "--logdir", folder, "--host", host, "--port", "\(port)", "--reload_interval", "\(reloadSeconds)",
            "--reload_multifile", "true", "--load_fast", "false",
        ]
        let program = try executor.start(
            ProgramRequest(arguments: command + arguments, environment: environment, directory: folder))
        var output = LastLines(max: linesMax)
        while true {
            if Task.isCancelled {
                await stop(program)
                throw HFSError(.cancelled, "TensorBoard was not waited for")
            }
            switch try await program.output(waitMs: waitMs) {
            case .bytes(let bytes):
                let new = output.take(bytes)
                for line in new {
                    guard line.contains("TensorBoard "), let start = line.firstRange(of: " at http") else { continue }
                    let url = line[start.lowerBound...].dropFirst(" at ".count).prefix { !$0.isWhitespace }
                    return TensorBoardServer(url: String(url), program: program)
                }
            case .ended:
                if output.text.contains("already in use") { return nil }
                throw HFSError(.io, "TensorBoard did not start", cause: output.text)
            }
        }
    }

    /// Returns never: throws `.io` with its last words when it ends, and `.cancelled`.
    public func watch() async throws(HFSError) {
        var output = LastLines(max: Self.linesMax)
        while !Task.isCancelled {
            switch try await program.output(waitMs: Self.waitMs) {
            case .bytes(let bytes): _ = output.take(bytes)
            case .ended: throw HFSError(.io, "TensorBoard ended", cause: output.text)
            }
        }
        throw HFSError(.cancelled, "TensorBoard is watched no longer")
    }

    /// Ends it with all that it started.
    public func stop() async { await Self.stop(program) }

    private static func stop(_ program: any RunningProgram) async {
        program.stop(graceMs: graceMs)
        // A program whose output cannot be read any more has ended.
        while case .bytes? = try? await program.output(waitMs: waitMs) {}
    }
}
