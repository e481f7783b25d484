import Client
import Core

/// A trial that this agent has, with everything that its attempt needs.
struct ClaimedTrial: Sendable {
    let runner: AttemptRunner
    let started: HFSFileSystem.StartedRun
    /// What the claim says while the attempt runs.
    let claim: TrialClaim
    /// The attempt's own connection.
    let connection: HFSFileSystem
    let folder: TrialFolder
    let credentials: TrialCredentials

    /// Runs the attempt and tells of its end: to the run, then to the driver.
    func run(_ fileSystem: HFSFileSystem, _ agent: ProcessIdentity) async {
        var result: TrialResult
        do throws(HFSError) {
            result = try await runner.run(agent: "\(agent)")
        } catch {
            result = TrialResult(.failed, reason: "the attempt could not be kept: \(error)")
        }
        await connection.close()
        folder.remove()
        credentials.remove()
        await Self.end(started.run.id, result, claim, of: runner.directoryOfTrial, fileSystem, agent)
    }

    /// What cannot be told is seen by the driver: the claim stays as it is until this agent is found to be gone, and a claim that
    /// is another's by now stays so.
    static func end(
        _ run: RunID, _ result: TrialResult, _ claim: TrialClaim, of trial: String, _ fileSystem: HFSFileSystem,
        _ agent: ProcessIdentity
    ) async {
        guard case .running(let attempt, _, _) = claim else { return }
        let counts = result.state == .finished || result.state == .stopped
        let state: RunState = counts ? .finished : result.state == .killed ? .killed : .failed
        _ = try? await fileSystem.endRun(run, state)
        let next: TrialClaim =
            counts
            ? .ended(attempt: attempt, agent: "\(agent)", result: result)
            : .failed(attempt: attempt, agent: "\(agent)", result: result)
        _ = try? await fileSystem.exchange(TrialAttribute.claim, of: trial, from: claim.text(), to: next.text())
    }
}
