import Core
import Glibc

/// Slurm's own commands.
struct SlurmQueue: Sendable {
    /// What Slurm calls the jobs of this placement.
    let name: String
    private let environment: [String]

    /// How long before its time limit a job is warned.
    private static let warningSeconds = 90

    init(name: String, environment: [String: String]) {
        self.name = name
        self.environment = environment.map { "\($0.key)=\($0.value)" }.sorted()
    }

    /// Submits agents as one array; their ids. The script goes through a file that only this user can read.
    /// - Parameter options: of sbatch; they come last, so that they count.
    func submit(
        _ script: SlurmScript, count: Int, resources: Resources, options: [String]
    ) async throws(HFSError) -> [String] {
        let folder = try TrialFolder()
        defer { folder.remove() }
        let file = "\(folder.path)/agent.sh"
        try TrialFolder.write(Array(script.text.utf8), to: file)
        var command = [
            "sbatch", "--parsable", "--job-name=\(name)", "--array=1-\(count)", "--export=PATH,HOME,LD_LIBRARY_PATH",
            "--signal=B:USR1@\(Self.warningSeconds)", "--output=/dev/null", "--no-requeue",
        ]
        if resources.gpus > 0 { command.append("--gres=gpu:\(resources.gpus)") }
        if resources.cpus > 0 { command.append("--cpus-per-task=\(resources.cpus)") }
        if resources.memoryBytes > 0 { command.append("--mem=\((resources.memoryBytes + (1 << 20) - 1) >> 20)M") }
        let text = try await run(command + options + [file])
        // `id`, or `id;cluster` in a federation.
        guard let id = text.split(whereSeparator: { $0 == ";" || $0.isWhitespace }).first, Int(id) != nil else {
            throw HFSError(.io, "sbatch tells no number of a job", cause: text)
        }
        return (1...count).map { "\(id)_\($0)" }
    }

    /// How jobs stand that Slurm still knows, by their ids.
    func states() async throws(HFSError) -> [String: SlurmState] {
        Self.states(in: try await run(["squeue", "-h", "-r", "-n", name, "-t", "all", "-o", "%i|%T"]))
    }

    static func states(in output: String) -> [String: SlurmState] {
        output.split(separator: "\n").reduce(into: [:]) { states, line in
            let fields = line.split(separator: "|").map { $0.filter { !$0.isWhitespace } }
            if fields.count == 2 { states[fields[0]] = SlurmState(fields[1]) }
        }
    }

    /// Ends jobs: SIGTERM, and SIGKILL some time later.
    func cancel(_ ids: [String]) async throws(HFSError) {
        if !ids.isEmpty { _ = try await run(["scancel", "--full"] + ids) }
    }

    /// `.io` with what the command said.
    private func run(_ command: [String]) async throws(HFSError) -> String {
        let done = try await LocalExecutor().output(
            of: ProgramRequest(arguments: command, environment: environment, directory: "/"))
        guard done.ending == .exited(0) else {
            throw HFSError(.io, "\(command[0]) failed", cause: done.text.split(separator: "\n").first.map(String.init))
        }
        return done.text
    }
}
