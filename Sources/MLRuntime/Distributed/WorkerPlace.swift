import Core

/// Which worker of distributed training a process is, by `RANK`, `WORLD_SIZE` and `HFS_RENDEZVOUS`.
struct WorkerPlace: Hashable, Sendable {
    let rank: Int
    let count: Int
    /// The directory in which the workers of this generation meet.
    let rendezvous: String
    /// The address by which the others reach this host.
    let host: String

    /// nil where the process is none; `.invalidArgument` for what no agent sets.
    init?(_ variables: [String: String]) throws(HFSError) {
        guard let directory = variables["HFS_RENDEZVOUS"], !directory.isEmpty else { return nil }
        guard let rank = variables["RANK"].flatMap({ Int($0) }),
            let count = variables["WORLD_SIZE"].flatMap({ Int($0) }),
            count > 0, (0..<count).contains(rank)
        else {
            throw HFSError(
                .invalidArgument,
                "RANK='\(variables["RANK"] ?? "")' of WORLD_SIZE='\(variables["WORLD_SIZE"] ?? "")' is no worker")
        }
        self.rank = rank
        self.count = count
        rendezvous = directory
        host = variables["HFS_ADDRESS"] ?? "127.0.0.1"
    }
}
