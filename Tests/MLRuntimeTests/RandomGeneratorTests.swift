import MLRuntime
import Testing

@Suite("Random numbers")
struct RandomGeneratorTests {
    @Test("the sequence is the published one: xoshiro256** with its state from SplitMix64")
    func reference() {
        // Computed by an independent implementation of both algorithms, seed 42.
        var random = RandomGenerator(seed: 42)
        #expect(
            (0..<3).map { _ in random.next() } == [
                1_546_998_764_402_558_742, 6_990_951_692_964_543_102, 12_544_586_762_248_559_009,
            ])
    }

    @Test("a trial's seed depends on the search's seed and the trial alone, and on both")
    func trialSeeds() {
        var seen: Set<UInt32> = []
        for seed in 0..<20 as Range<UInt64> {
            for index in 0..<50 { seen.insert(RandomGenerator.trialSeed(seed, index: index)) }
        }
        #expect(seen.count == 1000)
        #expect(RandomGenerator.trialSeed(7, index: 3) == RandomGenerator.trialSeed(7, index: 3))
    }

    @Test("normal numbers have mean 0 and variance 1, small ranges are drawn evenly")
    func distributions() {
        var random = RandomGenerator(seed: 1)
        let numbers = (0..<20_000).map { _ in random.normal() }
        let mean = numbers.reduce(0, +) / 20_000
        #expect(abs(mean) < 0.03)
        #expect(abs(numbers.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.05)
        var counts = [0, 0, 0]
        for _ in 0..<30_000 { counts[random.below(3)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
    }
}
