import Core
import Glibc

/// The workers of distributed training on this host: processes of this program, one a rank, in this process's group and with its
/// standard output.
struct LocalGang: Sendable {
    private let count: Int
    private let rendezvous: String

    /// - Parameter rendezvous: where the workers of this generation meet.
    init(_ count: Int, rendezvous: String) {
        self.count = count
        self.rendezvous = rendezvous
    }

    /// Runs all ranks to their ends. The first that fails ends the others; why it failed is thrown.
    func run() async throws(HFSError) {
        try await BlockingWork.run(name: "hfs-gang") { () throws(HFSError) in try runAll() }
    }

    private func runAll() throws(HFSError) {
        var ranks: [pid_t: Int] = [:]
        do throws(HFSError) {
            for rank in 0..<count { ranks[try start(rank)] = rank }
        } catch {
            Self.end(ranks.keys)
            throw error
        }
        while !ranks.isEmpty {
            var status: Int32 = 0
            let pid = waitpid(-1, &status, 0)
            guard pid > 0 else {
                guard errno == EINTR else { break }
                continue
            }
            guard let rank = ranks.removeValue(forKey: pid) else { continue }
            let signal = status & 0x7f
            let ending: ProgramEnding = signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
            guard let failure = ending.failure else { continue }
            Self.end(ranks.keys)
            throw HFSError(.connectionLost, "Rank \(rank) of \(count) has failed: \(failure)")
        }
    }

    private func start(_ rank: Int) throws(HFSError) -> pid_t {
        let environment = Environment.list(with: [
            "RANK": "\(rank)", "LOCAL_RANK": "\(rank)", "WORLD_SIZE": "\(count)", "HFS_RENDEZVOUS": rendezvous,
        ])
        let arguments = [ProgramKey.binary] + CommandLine.arguments.dropFirst()
        var child = pid_t()
        let code = CStrings.with(arguments) { argv in
            CStrings.with(environment) { envp in posix_spawn(&child, ProgramKey.binary, nil, nil, argv, envp) }
        }
        guard code == 0 else {
            throw HFSError(.io, "Cannot start '\(ProgramKey.binary)'", cause: String(cString: strerror(code)))
        }
        return child
    }

    /// Kills those that are left and waits for them.
    private static func end(_ pids: some Sequence<pid_t>) {
        for pid in pids { kill(pid, SIGKILL) }
        for pid in pids {
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        }
    }
}
