import Glibc

/// What an agent has for programs: what it tells others of itself.
public struct AgentCapacity: Hashable, Sendable, Codable {
    /// Programs at once.
    public var slots: Int
    public var cpus: Int
    public var memoryBytes: Int64
    /// As CUDA names devices: numbers or UUIDs. Programs get those that were taken for them; nil: whatever is there, uncounted.
    public var gpus: [String]?
    /// Where other hosts reach this one.
    public var address: String

    public init(slots: Int, cpus: Int? = nil, memoryBytes: Int64? = nil, gpus: [String]? = nil, address: String) {
        self.slots = slots
        self.cpus = cpus ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))
        self.memoryBytes = memoryBytes ?? Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))
        self.gpus = gpus
        self.address = address
    }

    /// How many programs that need this find room at once when nothing else runs.
    func count(of resources: Resources) -> Int { ResourceLedger(self).count(of: resources, atMost: slots) }

    /// Why not even one program that needs this ever finds room; nil when it does.
    public func lack(for resources: Resources) -> String? {
        let has = gpus?.count ?? 0
        if resources.gpus > has { return "\(resources.gpus) GPUs, of which it has \(has)" }
        if resources.cpus > cpus { return "\(resources.cpus) CPUs, of which it has \(cpus)" }
        if resources.memoryBytes > memoryBytes {
            return "\(resources.memoryBytes >> 20) MiB of memory, of which it has \(memoryBytes >> 20)"
        }
        return slots < 1 ? "a slot, of which it has none" : nil
    }
}
