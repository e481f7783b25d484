import Client
import Core

/// The agents that show that they live in a project, with what they have.
struct AgentRoster {
    let capacities: [AgentCapacity]

    /// Those that serve a project, and those of one job alone.
    static func read(
        project: String, job: JobPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> AgentRoster {
        var capacities: [AgentCapacity] = []
        for scope in [ExperimentPaths.experiments(of: project), job.root] {
            let folder = Agent.agentsDirectory(scope)
            guard try await fileSystem.exists(folder) else { continue }
            for try await entry in fileSystem.list(folder) {
                let name = String(decoding: entry.name, as: UTF8.self)
                let sign = "\(folder)/\(name)"
                guard let agent = ProcessIdentity(name),
                    try await Liveness.seemsAlive(agent, holding: sign, on: fileSystem),
                    // One that has ended meanwhile has no attributes.
                    let text = try? await fileSystem.textAttribute(TrialAttribute.capacity, of: sign),
                    let capacity = try? CanonicalJSON.value(AgentCapacity.self, from: Array(text.utf8))
                else { continue }
                capacities.append(capacity)
            }
        }
        return AgentRoster(capacities: capacities)
    }

    /// How many workers all of them would have room for at once.
    func room(for resources: Resources, atMost most: Int) -> Int {
        capacities.reduce(0) { min(most, $0 + $1.count(of: resources)) }
    }

    /// Why a job can never run with these agents alone; nil when it can.
    func lack(for settings: JobSettings) -> String? {
        if capacities.isEmpty {
            return
                "waits for an agent: none serves project \(settings.project) ('hfs agent --project \(settings.project)')"
        }
        let room = room(for: settings.resources, atMost: settings.workers)
        if room >= settings.workers { return nil }
        if room == 0, let lack = capacities.compactMap({ $0.lack(for: settings.resources) }).first {
            return capacities.count == 1
                ? "waits for an agent that has what it asks for: the only one lacks \(lack)"
                : "waits for an agent that has what it asks for: of \(capacities.count) none does; one lacks \(lack)"
        }
        return
            "waits for more agents: those that there are have room for \(room) of \(settings.workers) workers at once"
    }
}
