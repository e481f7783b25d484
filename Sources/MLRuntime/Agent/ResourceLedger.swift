/// What of an agent's capacity is free: what programs take is theirs alone until it is given back.
struct ResourceLedger: Hashable, Sendable {
    /// What one program has.
    struct Grant: Hashable, Sendable {
        fileprivate let cpus: Int
        fileprivate let memoryBytes: Int64
        /// nil where GPUs are not counted.
        let gpus: [String]?

        /// The devices that the program sees.
        var environment: [String: String] {
            gpus.map { ["CUDA_VISIBLE_DEVICES": $0.joined(separator: ",")] } ?? [:]
        }
    }

    private(set) var slots: Int
    private var cpus: Int
    private var memoryBytes: Int64
    /// In the order of the capacity.
    private var gpus: [String]?
    private let order: [String]

    init(_ capacity: AgentCapacity) {
        slots = capacity.slots
        cpus = capacity.cpus
        memoryBytes = capacity.memoryBytes
        gpus = capacity.gpus
        order = capacity.gpus ?? []
    }

    /// Room for one program; nil when there is none.
    mutating func take(_ resources: Resources) -> Grant? {
        guard slots > 0, resources.cpus <= cpus, resources.memoryBytes <= memoryBytes,
            resources.gpus <= gpus?.count ?? 0
        else { return nil }
        slots -= 1
        cpus -= resources.cpus
        memoryBytes -= resources.memoryBytes
        let devices = gpus.map { Array($0.prefix(resources.gpus)) }
        gpus?.removeFirst(resources.gpus)
        return Grant(cpus: resources.cpus, memoryBytes: resources.memoryBytes, gpus: devices)
    }

    mutating func giveBack(_ grant: Grant) {
        slots += 1
        cpus += grant.cpus
        memoryBytes += grant.memoryBytes
        guard let free = gpus, let back = grant.gpus else { return }
        let all = Set(free).union(back)
        precondition(all.count == free.count + back.count, "a device was given to two programs")
        gpus = order.filter(all.contains)
    }

    /// How many programs that need this would find room now.
    func count(of resources: Resources, atMost most: Int) -> Int {
        var (rest, count) = (self, 0)
        while count < most, rest.take(resources) != nil { count += 1 }
        return count
    }
}
