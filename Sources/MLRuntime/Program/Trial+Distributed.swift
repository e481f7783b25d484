public import Core

extension Trial {
    /// Which worker of distributed training this is, from 0; 0 elsewhere. Only what rank 0 reports, keeps and gives back counts: the
    /// others do the same and need not ask.
    public var rank: Int { ring?.rank ?? 0 }

    /// Workers of distributed training; 1 elsewhere.
    public var worldSize: Int { ring?.count ?? 1 }

    /// The values of all workers combined, element by element; on its own a worker gets its own. All hold equal bits, and the same in
    /// each run with as many workers.
    ///
    /// All workers call it with as many values, in the same order of calls. `.connectionLost` in all of them when one is gone, after
    /// which the group is begun anew from the last checkpoint as far as its retries go; `.invalidArgument` when one makes another
    /// call.
    public func allReduce<Number: ReducibleNumber>(
        _ values: [Number], _ operation: ReduceOperation = .mean
    ) async throws(HFSError) -> [Number] {
        guard let ring else { return values }
        return try await ring.reduce(values, operation)
    }

    /// Returns when all workers have called it. Errors as `allReduce`.
    public func barrier() async throws(HFSError) {
        _ = try await allReduce([0 as Float], .max)
    }

    /// The bytes of rank 0. Errors as `allReduce`.
    public func broadcast(_ bytes: [UInt8]) async throws(HFSError) -> [UInt8] {
        guard let ring else { return bytes }
        return try await ring.broadcast(bytes)
    }
}
