import ArgumentParser
import Core
import MLRuntime

/// What an agent has for programs.
struct AgentOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Programs at once.", valueName: "count")) var slots = 1
    @Option(help: "GPUs: all, none, 0,1, or pretend:4 for four that need not be there.") var gpus = "all"
    @Option(help: ArgumentHelp("CPUs that are counted; else all of this host.", valueName: "count")) var cpus: Int?
    @Option(help: ArgumentHelp("Memory that is counted; else all of this host.", valueName: "size")) var memory: String?
    @Option(help: ArgumentHelp("Where other hosts reach this one; else as seen by the namenode.", valueName: "host"))
    var address: String?

    func validate() throws {
        guard (1...1000).contains(slots) else { throw ValidationError("--slots lies between 1 and 1000") }
        if let cpus, cpus < 1 { throw ValidationError("--cpus is at least 1") }
        do {
            _ = try memory.map { text throws(HFSError) in try Resources.bytes(text) }
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func capacity(uri: String) async throws(HFSError) -> AgentCapacity {
        var capacity = try await Self.capacity(slots: slots, gpus: gpus, uri: uri)
        if let cpus { capacity.cpus = cpus }
        if let memory { capacity.memoryBytes = try Resources.bytes(memory) }
        if let address { capacity.address = address }
        return capacity
    }

    static func capacity(slots: Int, gpus: String, uri: String) async throws(HFSError) -> AgentCapacity {
        AgentCapacity(
            slots: slots, gpus: try await GPUDiscovery.devices(gpus, environment: Environment.all),
            address: LocalAddress.towards(uri))
    }
}
