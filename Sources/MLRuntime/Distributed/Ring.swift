import Core
import Synchronization

/// The workers of distributed training in a ring: each sends to the next rank and receives from the one before. All ranks make the same
/// calls in the same order.
///
/// Each part of a result is computed by one rank, from the values of all in an order that depends on nothing but their number, and then
/// handed round: all ranks hold equal bits, in each run the same.
///
/// Once a call has failed all later ones do: the group is begun anew, not mended.
final class Ring: Sendable {
    let rank: Int
    let count: Int

    private struct State {
        var sequence: UInt64 = 0
        var isBusy = false
        var failure: HFSError?
    }

    /// nil: this rank is the only one.
    private let pipe: RingPipe?
    private let state = Mutex(State())

    init(rank: Int, count: Int, pipe: RingPipe?) {
        precondition(count > 0 && (0..<count).contains(rank) && (pipe == nil) == (count == 1))
        self.rank = rank
        self.count = count
        self.pipe = pipe
    }

    /// Combines the values of all ranks, element by element. `.connectionLost` when a rank is gone, `.invalidArgument` when one makes
    /// another call.
    func reduce<Number: ReducibleNumber>(
        _ values: [Number], _ operation: ReduceOperation
    ) async throws(HFSError) -> [Number] {
        let name = "\(operation.rawValue) of \(values.count) \(Number.reducibleName)"
        return try await perform(name) { (pipe) throws(HFSError) in
            var values = values
            try RingReduction(rank: self.rank, count: self.count, pipe: pipe).reduce(&values, operation)
            return values
        } alone: {
            values
        }
    }

    /// The bytes of rank 0 to all; what the others give does not matter.
    func broadcast(_ bytes: [UInt8]) async throws(HFSError) -> [UInt8] {
        let length = try await reduce([rank == 0 ? Double(bytes.count) : 0], .max)
        return try await perform("broadcast of \(Int(length[0])) bytes") { (pipe) throws(HFSError) in
            var bytes = self.rank == 0 ? bytes : [UInt8](repeating: 0, count: Int(length[0]))
            try RingReduction(rank: self.rank, count: self.count, pipe: pipe).broadcast(&bytes)
            return bytes
        } alone: {
            bytes
        }
    }

    /// Ends this rank's connections; what other ranks do then is `.connectionLost`.
    func end() {
        fail(HFSError(.cancelled, "This worker has left the group"))
    }

    private func fail(_ error: HFSError) {
        state.withLock { if $0.failure == nil { $0.failure = error } }
        pipe?.end()
    }

    private func perform<R: Sendable>(
        _ call: String, _ body: @escaping @Sendable (RingPipe) throws(HFSError) -> R, alone: () -> R
    ) async throws(HFSError) -> R {
        guard let pipe else { return alone() }
        let header = try state.withLock { state throws(HFSError) in
            if let failure = state.failure { throw failure }
            guard !state.isBusy else {
                throw HFSError(.unsupported, "Two calls of one worker to its group at once: one after another")
            }
            state.isBusy = true
            state.sequence += 1
            return RingHeader(sequence: state.sequence, call: call)
        }
        defer { state.withLock { $0.isBusy = false } }
        do throws(HFSError) {
            return try await BlockingWork.run(name: "hfs-ring") { () throws(HFSError) in
                try self.agree(header, pipe)
                return try body(pipe)
            }
        } catch {
            fail(error)
            throw error
        }
    }

    /// Throws unless the rank before makes the same call.
    private func agree(_ header: RingHeader, _ pipe: RingPipe) throws(HFSError) {
        var incoming = [UInt8](repeating: 0, count: RingHeader.byteCount)
        let outgoing = header.bytes
        try Bytes.exchange(outgoing, &incoming, pipe)
        let other = try RingHeader(incoming)
        guard other == (try RingHeader(outgoing)) else {
            throw HFSError(
                .invalidArgument,
                "Call \(header.sequence) of rank \(rank) is a \(header.call), call \(other.sequence) of rank "
                    + "\((rank + count - 1) % count) a \(other.call): all workers make the same calls in the same order"
            )
        }
    }

    private enum Bytes {
        static func exchange(_ outgoing: [UInt8], _ incoming: inout [UInt8], _ pipe: RingPipe) throws(HFSError) {
            let result: Result<Void, HFSError> = outgoing.withUnsafeBytes { outgoing in
                incoming.withUnsafeMutableBytes { incoming in
                    do throws(HFSError) {
                        return .success(try pipe.exchange(outgoing, incoming))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            try result.get()
        }
    }
}
