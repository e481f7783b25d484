import Core
import Testing

@testable import MLRuntime

@Suite("Gaussian process")
struct GaussianProcessTests {
    /// Few draws: the tests are built without optimisation.
    private static let choice = "gp:startup=4,candidates=20"

    private static func simulated(
        _ declarations: [String], trials: Int, seed: UInt64, slots: Int, _ metric: @escaping (Suggestion) -> TrialResult
    ) throws -> SimulatedSearch {
        let search = try SearchSettings(
            SpaceParser.parse(declarations), direction: .minimize, trials: trials, seed: seed)
        return SimulatedSearch(
            optimizer: try OptimizerChoice(choice).make(search), seed: seed, slots: slots, metric: metric)
    }

    private static func number(_ suggestion: Suggestion, _ name: String) -> Double {
        if case .number(let number)? = suggestion.parameters[name] { number } else { .nan }
    }

    @Test("a factor gives back what its matrix was made of, and no factor comes of what is not positive definite")
    func factor() throws {
        let matrix: [Double] = [4, 2, 0.6, 2, 5, 1.5, 0.6, 1.5, 3]
        let factor = try #require(CholeskyFactor(matrix, count: 3))
        let x: [Double] = [1, -2, 0.5]
        let b = (0..<3).map { row in (0..<3).reduce(0) { $0 + matrix[row * 3 + $1] * x[$1] } }
        for (found, expected) in zip(factor.solve(b), x) { #expect(abs(found - expected) < 1e-12) }
        // 4 * (15 - 2.25) - 2 * (6 - 0.9) + 0.6 * (3 - 3)
        #expect(abs(factor.logDeterminant - PortableMath.log(40.8)) < 1e-12)
        #expect(CholeskyFactor([1, 2, 2, 1], count: 2) == nil)
    }

    @Test("between its points it expects what lies there, and is the less sure the farther away they are")
    func prediction() throws {
        let points = stride(from: 0.0, through: 1, by: 0.125).map { [$0] }
        let values = points.map { 4 * ($0[0] - 0.5) * ($0[0] - 0.5) - 0.4 }
        let process = try #require(GaussianProcess.fitted(points, values))
        #expect(abs(process.predict([0.5625]).mean - (4 * 0.00390625 - 0.4)) < 0.02)
        #expect(process.predict([0.5]).deviation < process.predict([0.5625]).deviation)
        #expect(process.predict([0.5625]).deviation < process.predict([1.5]).deviation)
    }

    @Test(
        "expected improvement is that of the tables, also far out",
        arguments: [
            // z, φ(z) + z Φ(z)
            (0.0, 0.398942280401433), (1.0, 1.083315470592), (-2.0, 0.00849070261682964), (-3.4, 8.666e-5),
            (-4.0, 7.14526e-6), (-6.0, 1.5646e-10),
        ])
    func improvement(_ z: Double, _ expected: Double) {
        let found = PortableMath.exp(ExpectedImprovement.log(mean: -z, deviation: 1, lowest: 0))
        #expect(abs(found / expected - 1) < 0.05, "\(found)")
    }

    @Test("improvement still orders points where the number itself is nothing to a machine")
    func farImprovement() {
        let near = ExpectedImprovement.log(mean: 50, deviation: 1, lowest: 0)
        #expect(near > ExpectedImprovement.log(mean: 60, deviation: 1, lowest: 0))
        #expect(near > -.infinity)
    }

    @Test("replaying a journal gives the same bytes, at any parallelism, also with failed trials", arguments: [1, 3])
    func replay(_ slots: Int) throws {
        let search = try Self.simulated(
            ["x=0.0..1.0", "n=int:1..64:log", "act=relu|tanh|gelu", "m=0.0..1.0 if act=tanh"], trials: 14, seed: 5,
            slots: slots
        ) { suggestion in
            let x = Self.number(suggestion, "x")
            if x < 0.2 { return TrialResult(.failed, reason: "exit 1") }
            return TrialResult(.finished, metric: x < 0.3 ? .infinity : x)
        }
        let journal = try search.journal(order: 2)
        #expect(try History(journal).trials.count == 14)
        #expect(try bytes(search.replay(journal)) == bytes(journal))
    }

    @Test("a space of few settings is tried out before any is tried again")
    func few() throws {
        let search = try Self.simulated(["n=1..3", "act=a|b"], trials: 10, seed: 1, slots: 1) {
            TrialResult(.finished, metric: Self.number($0, "n"))
        }
        let tried = try History(search.journal()).trials
        #expect(Set(tried.map(\.suggestion.parameters)).count == 6)
    }

    @Test("a bowl's bottom is found in 24 trials, with every seed", arguments: 0..<3)
    func bowl(_ seed: UInt64) throws {
        let search = try Self.simulated(["x=-5.0..10.0", "y=log:1e-3..1e3"], trials: 24, seed: seed, slots: 1) {
            let x = Self.number($0, "x") - 2
            let y = PortableMath.log(Self.number($0, "y")) / 6.9 - 0.3
            return TrialResult(.finished, metric: x * x / 25 + y * y)
        }
        let best = try #require(History(search.journal()).best(.minimize)?.result?.metric)
        // Of as many independent draws the best is about 0.02.
        #expect(best < 1e-3, "\(best)")
    }
}
