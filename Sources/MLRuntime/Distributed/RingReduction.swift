import Core

/// The passes of one call around a ring. Blocks the calling thread.
struct RingReduction {
    let rank: Int
    let count: Int
    let pipe: RingPipe

    /// Bytes of a broadcast that are passed on together.
    private static let broadcastChunkBytes = 1 << 20

    /// Reduce-scatter, then all-gather: `values` are cut into as many parts as there are ranks, and each part goes round twice.
    func reduce<Number: ReducibleNumber>(_ values: inout [Number], _ operation: ReduceOperation) throws(HFSError) {
        var scratch = [Number](repeating: 0, count: values.count / count + 1)
        for step in 0..<count - 1 {
            let (outgoing, incoming) = (part(rank - step, values.count), part(rank - step - 1, values.count))
            try exchange(values, outgoing, &scratch, 0..<incoming.count)
            Self.combine(&values, incoming, scratch, operation)
        }
        if operation == .mean {
            // By the one rank that has computed the part.
            for index in part(rank + 1, values.count) { values[index] /= Number(count) }
        }
        for step in 0..<count - 1 {
            let (outgoing, incoming) = (part(rank + 1 - step, values.count), part(rank - step, values.count))
            try exchange(values, outgoing, &scratch, 0..<incoming.count)
            values.replaceSubrange(incoming, with: scratch[..<incoming.count])
        }
    }

    /// Hands the bytes of rank 0 on, piece by piece.
    func broadcast(_ bytes: inout [UInt8]) throws(HFSError) {
        let starts = Array(stride(from: 0, to: bytes.count, by: Self.broadcastChunkBytes))
        func piece(_ index: Int) -> Range<Int> {
            guard starts.indices.contains(index) else { return 0..<0 }
            return starts[index]..<min(starts[index] + Self.broadcastChunkBytes, bytes.count)
        }
        let none = 0..<0
        for index in 0...starts.count {
            // A piece comes while the one before is handed on.
            let incoming = rank == 0 ? none : piece(index)
            let outgoing = rank == count - 1 ? none : piece(rank == 0 ? index : index - 1)
            var received = [UInt8](repeating: 0, count: incoming.count)
            try exchange(bytes, outgoing, &received, 0..<received.count)
            bytes.replaceSubrange(incoming, with: received)
        }
    }

    /// The part of that number, which may be any: they are counted round.
    private func part(_ number: Int, _ length: Int) -> Range<Int> {
        let index = ((number % count) + count) % count
        return index * length / count..<(index + 1) * length / count
    }

    private func exchange<Number: BitwiseCopyable>(
        _ values: [Number], _ outgoing: Range<Int>, _ scratch: inout [Number], _ incoming: Range<Int>
    ) throws(HFSError) {
        let size = MemoryLayout<Number>.stride
        let result: Result<Void, HFSError> = values.withUnsafeBytes { values in
            scratch.withUnsafeMutableBytes { scratch in
                do throws(HFSError) {
                    try pipe.exchange(
                        UnsafeRawBufferPointer(
                            rebasing: values[outgoing.lowerBound * size..<outgoing.upperBound * size]),
                        UnsafeMutableRawBufferPointer(
                            rebasing: scratch[incoming.lowerBound * size..<incoming.upperBound * size]))
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
        }
        try result.get()
    }

    /// What came stands for the ranks before, in their order; this rank's values are the last.
    private static func combine<Number: ReducibleNumber>(
        _ values: inout [Number], _ range: Range<Int>, _ incoming: [Number], _ operation: ReduceOperation
    ) {
        values.withUnsafeMutableBufferPointer { values in
            incoming.withUnsafeBufferPointer { incoming in
                for offset in 0..<range.count {
                    let (other, own) = (incoming[offset], values[range.lowerBound + offset])
                    values[range.lowerBound + offset] =
                        switch operation {
                        case .sum, .mean: other + own
                        case .max: other.isNaN || own.isNaN ? .nan : Swift.max(other, own)
                        }
                }
            }
        }
    }
}
