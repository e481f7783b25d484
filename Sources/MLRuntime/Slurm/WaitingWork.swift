import Client
import Core

/// A trial or a job that waits for agents.
struct WaitingWork: Hashable, Sendable {
    let path: String
    let attempt: Int
    let resources: Resources
    /// Agents with one slot that it needs.
    let count: Int

    var key: String { "\(path) \(attempt)" }

    private static let listedMax = 1000

    /// What waits in a project for agents of this user: jobs first, the oldest first. A job whose agent is gone waits, too.
    static func list(project: String, on fileSystem: HFSFileSystem) async throws(HFSError) -> [WaitingWork] {
        let known = TrustedSettings(owner: fileSystem.user)
        var jobs: [(createdMs: Int64, work: WaitingWork)] = []
        let states = [JobClaim.State.queued, .gathering, .running].map { "\($0.rawValue) {" }
        for path in try await found(JobPaths.jobs(of: project), states, on: fileSystem) {
            guard let paths = JobPaths.job(at: path), let settings = try await known.settings(paths, on: fileSystem)
            else { continue }
            let status = try await JobStore.status(paths, on: fileSystem)
            guard status.state == .queued || status.state == .lost, try await isReady(settings, on: fileSystem) else {
                continue
            }
            let count = settings.workers - (status.state == .queued ? status.claim.gathered : 0)
            let work = WaitingWork(
                path: path, attempt: status.claim.attempt, resources: settings.resources, count: max(0, count))
            jobs.append((settings.createdMs, work))
        }
        var all = jobs.sorted { ($0.createdMs, $0.work.path) < ($1.createdMs, $1.work.path) }.map(\.work)
        let queued = [TrialClaim.queuedPrefix]
        for path in try await found(ExperimentPaths.experiments(of: project), queued, on: fileSystem) {
            guard let (paths, _) = ExperimentPaths.trial(at: path),
                let (settings, _) = try await known.settings(paths, on: fileSystem),
                let text = try await fileSystem.textAttribute(TrialAttribute.claim, of: path),
                case .queued(let attempt)? = try? TrialClaim(text)
            else { continue }
            all.append(
                WaitingWork(path: path, attempt: attempt, resources: settings.resources ?? .none, count: 1))
        }
        return all
    }

    private static func found(
        _ folder: String, _ prefixes: [String], on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> [String] {
        do throws(HFSError) {
            let condition = AttributeCondition.any(prefixes.map { .prefix(TrialAttribute.claim, $0) })
            return try await fileSystem.find(
                folder, where: condition, order: FindOrder("path"), limit: listedMax, attributes: [TrialAttribute.claim]
            ).found.map(\.path)
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return []
        }
    }

    /// All jobs before it have ended: an agent sees in which way.
    private static func isReady(_ settings: JobSettings, on fileSystem: HFSFileSystem) async throws(HFSError) -> Bool {
        for path in settings.after {
            if let claim = try await JobStore.claim(JobPaths(path), on: fileSystem), claim.state != .ended {
                return false
            }
        }
        return true
    }
}
