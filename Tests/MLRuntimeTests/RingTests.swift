import Core
import Testing

@testable import MLRuntime

@Suite("The ring of workers")
struct RingTests {
    @Test("all ranks hold equal bits, those of one fixed order", arguments: [1, 2, 3, 5], [0, 1, 4, 1000])
    func equalBits(_ ranks: Int, _ count: Int) async throws {
        let values = (0..<ranks).map { rank -> [Float] in
            var random = RandomGenerator(seed: 1, index: rank)
            return (0..<count).map { _ in Float(random.normal()) * 1e3 }
        }
        for operation in ReduceOperation.allCases {
            let results = try await TestRing.run(ranks) { ring in try await ring.reduce(values[ring.rank], operation) }
            #expect(Set(results).count == 1)
            let again = try await TestRing.run(ranks) { ring in try await ring.reduce(values[ring.rank], operation) }
            #expect(again == results)
            for index in 0..<count {
                let column = values.map { Double($0[index]) }
                let sum = column.reduce(0, +)
                let expected =
                    switch operation {
                    case .sum: sum
                    case .mean: sum / Double(ranks)
                    case .max: column.max() ?? 0
                    }
                #expect(abs(Double(results[0][index]) - expected) <= 1e-2, "\(operation) of \(column)")
            }
        }
    }

    @Test("parts that sockets cannot hold at once go round all the same")
    func large() async throws {
        let count = 3_000_000
        let results = try await TestRing.run(3) { ring in
            try await ring.reduce([Double](repeating: Double(ring.rank + 1), count: count), .sum)
        }
        #expect(results.allSatisfy { $0.count == count && $0.allSatisfy { $0 == 6 } })
    }

    @Test("the largest of several is NaN where one is")
    func notANumber() async throws {
        let results = try await TestRing.run(3) { ring in
            try await ring.reduce([ring.rank == 1 ? Double.nan : 1, Double(ring.rank)], .max)
        }
        #expect(results.allSatisfy { $0[0].isNaN && $0[1] == 2 })
    }

    @Test("the bytes of rank 0 reach all", arguments: [0, 1, 3 << 20])
    func broadcast(_ count: Int) async throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let results = try await TestRing.run(4) { ring in
            try await ring.broadcast(ring.rank == 0 ? bytes : [1, 2, 3])
        }
        #expect(results.allSatisfy { $0 == bytes })
    }

    @Test("a rank that goes is an error of all others, in this call and in later ones")
    func death() async throws {
        let codes = try await TestRing.run(4) { ring -> [HFSError.Code] in
            _ = try await ring.reduce([1 as Float], .sum)
            if ring.rank == 2 {
                ring.end()
                return [.connectionLost, .connectionLost]
            }
            var codes: [HFSError.Code] = []
            for _ in 0..<2 {
                do throws(HFSError) {
                    _ = try await ring.reduce([Float](repeating: 1, count: 100_000), .sum)
                } catch {
                    codes.append(error.code)
                }
            }
            return codes
        }
        #expect(codes == Array(repeating: [.connectionLost, .connectionLost], count: 4))
    }

    @Test("ranks that make different calls are told so")
    func mismatch() async throws {
        let errors = try await TestRing.run(3) { ring -> HFSError? in
            do throws(HFSError) {
                if ring.rank == 1 {
                    _ = try await ring.reduce([1 as Double], .sum)
                } else {
                    _ = try await ring.reduce([1 as Float], .sum)
                }
                return nil
            } catch {
                return error
            }
        }
        #expect(errors.allSatisfy { $0 != nil })
        let told = errors.compactMap { $0 }.filter { $0.code == .invalidArgument }
        #expect(!told.isEmpty)
        #expect(told.allSatisfy { $0.message.contains("sum of 1 Double") && $0.message.contains("sum of 1 Float") })
    }

    @Test("who does not show the secret gets no place in the ring")
    func stranger() async throws {
        let (listener, port) = try RingSocket.listen("127.0.0.1")
        let (other, otherPort) = try RingSocket.listen("127.0.0.1")
        let deadlineMs = SystemClock().monotonicMs + 300_000
        let stranger = try RingSocket.connect("127.0.0.1", port)
        let hello = Array("wrong-1".utf8)
        _ = hello.withUnsafeBytes { TestRing.send(stranger, $0) }
        async let first = BlockingWork.run(name: "test") { () throws(HFSError) in
            try RingHandshake.connect(
                listener, next: ("127.0.0.1", otherPort), hello: Array("other-0".utf8), expected: Array("right-1".utf8),
                deadlineMs: deadlineMs)
        }
        async let second = BlockingWork.run(name: "test") { () throws(HFSError) in
            try RingHandshake.connect(
                other, next: ("127.0.0.1", port), hello: Array("right-1".utf8), expected: Array("other-0".utf8),
                deadlineMs: deadlineMs)
        }
        let rings = [
            Ring(rank: 0, count: 2, pipe: try await first), Ring(rank: 1, count: 2, pipe: try await second),
        ]
        async let a = rings[0].reduce([1 as Float], .sum)
        async let b = rings[1].reduce([2 as Float], .sum)
        #expect(try await [a, b] == [[3], [3]])
        TestRing.close([listener, other, stranger])
    }
}
