import Client
import Core

/// Whether the agents of a job live: they show it in the job's own directory or in the project's.
struct JobLiveness {
    private let signs: [String]

    init(_ paths: JobPaths, _ settings: JobSettings) {
        signs = [paths.root, ExperimentPaths.experiments(of: settings.project)].map { Agent.agentsDirectory($0) }
    }

    /// What can be seen without touching anything. One whose workers are done may be gone.
    func seemsAlive(_ member: JobMember, on fileSystem: HFSFileSystem) async throws(HFSError) -> Bool {
        try await ask(member) { agent, sign throws(HFSError) in
            try await Liveness.seemsAlive(agent, holding: sign, on: fileSystem)
        }
    }

    /// For who takes the job from it: another user's agent, whose sign this user may not take, counts as alive.
    func isAlive(_ member: JobMember, on fileSystem: HFSFileSystem) async throws(HFSError) -> Bool {
        do throws(HFSError) {
            return try await ask(member) { agent, sign throws(HFSError) in
                try await Liveness.isAlive(agent, holding: sign, on: fileSystem)
            }
        } catch {
            guard error.code == .accessDenied else { throw error }
            return true
        }
    }

    /// Ends the run of a member that is gone; false when that is for the agents of another user to do.
    func endIfDead(_ member: JobMember, on fileSystem: HFSFileSystem) async throws(HFSError) -> Bool {
        if try await isAlive(member, on: fileSystem) { return false }
        do throws(HFSError) {
            try await fileSystem.endRun(member.runID, .killed)
        } catch {
            guard error.code == .accessDenied else { throw error }
            return false
        }
        return true
    }

    private func ask(
        _ member: JobMember, _ look: (ProcessIdentity, String) async throws(HFSError) -> Bool
    ) async throws(HFSError) -> Bool {
        guard !member.isDone, let agent = ProcessIdentity(member.agent) else { return member.isDone }
        if let isAlive = agent.isAlive { return isAlive }
        for sign in signs where try await look(agent, "\(sign)/\(agent)") { return true }
        return false
    }
}
