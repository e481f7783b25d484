/// Random numbers that are the same on every machine and in every release: xoshiro256** (Blackman, Vigna 2018), its state
/// filled by SplitMix64 (Steele, Lea, Flood 2014).
public struct RandomGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Equal seeds give equal sequences.
    public init(seed: UInt64) {
        var word = seed
        func next() -> UInt64 {
            word &+= 0x9E37_79B9_7F4A_7C15
            return Self.mix(word)
        }
        state = (next(), next(), next(), next())
    }

    /// The generator of one decision: a function of the search's seed and the decision's index alone, so that the order in
    /// which results come in changes no draw.
    public init(seed: UInt64, index: Int) {
        self.init(seed: Self.hash(seed, UInt64(bitPattern: Int64(index))))
    }

    /// The seed that a trial's program gets: 32 bits, which is what numpy takes.
    public static func trialSeed(_ seed: UInt64, index: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: hash(~seed, UInt64(bitPattern: Int64(index))) >> 32)
    }

    public mutating func next() -> UInt64 {
        let result = Self.rotated(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotated(state.3, by: 45)
        return result
    }

    /// At least 0, below 1, in steps of 2^-53.
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// One of 0..<count, each equally likely; `count` is above 0.
    public mutating func below(_ count: Int) -> Int {
        precondition(count > 0)
        let bound = UInt64(count)
        // Draws in the last, incomplete run of `bound` are thrown away.
        let limit = UInt64.max - UInt64.max % bound
        while true {
            let draw = next()
            if draw < limit { return Int(draw % bound) }
        }
    }

    /// Of the standard normal distribution (Marsaglia's polar method).
    public mutating func normal() -> Double {
        while true {
            let x = 2 * unit() - 1
            let y = 2 * unit() - 1
            let square = x * x + y * y
            if square > 0, square < 1 { return x * (-2 * PortableMath.log(square) / square).squareRoot() }
        }
    }

    /// SplitMix64's mixing of two words into one.
    static func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
        mix(mix(first &+ 0x9E37_79B9_7F4A_7C15) ^ (second &+ 1) &* 0xD1B5_4A32_D192_ED03)
    }

    private static func mix(_ word: UInt64) -> UInt64 {
        var word = word
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    private static func rotated(_ word: UInt64, by bits: UInt64) -> UInt64 { (word << bits) | (word >> (64 - bits)) }
}
