import Glibc
import MLRuntime

/// One program: searches for the best parameters of a small network that reads digits, trains it with two workers, and finds out what
/// its parts are good for.
///
///     hfs dataset create digits deploy/data/digits.csv --project demo
///     HFS_PROJECT=demo digits [TRIALS [EPOCHS]]
///     HFS_PROJECT=demo digits track [EPOCHS]          # one training in this process, kept as an experiment
///
/// Killed and started again, it goes on where it was.
@main
struct Digits {
    static let dataset = "digits/1"

    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        if CommandLine.arguments.dropFirst().first == "track" { return try await track(numbers.first ?? 9) }
        let trials = numbers.first ?? 16
        let epochs = numbers.dropFirst().first ?? 9

        let space = try SearchSpace("lr=log:1e-2..1", "hidden=int:8..32:step8", "epochs=budget:1..\(epochs)")
        let found = try await Experiment("digits").search(
            space, optimizer: .asha(), direction: .maximize("accuracy"), trials: trials, parallel: 2, retries: 1,
            seed: 7,
            train)
        print("search: \(found.best.params) accuracy=\(found.best.metric ?? .nan) \(found.file("model") ?? "-")")

        let trained = try await Experiment("digits-final").distributed(
            workers: 2, found.best.params, budget: epochs, direction: .maximize("accuracy"), retries: 2, seed: 7, train)
        print("final: accuracy=\(trained.best.metric ?? .nan) \(trained.file("model") ?? "-")")

        let border = (0..<8).flatMap { ["pixel_0_\($0)", "pixel_7_\($0)"] }
        let parts = try await Experiment("digits-parts").ablation(
            ["hidden", "decay"], groups: ["border": border], params: found.best.params, budget: epochs,
            direction: .maximize("accuracy"), parallel: 2, train)
        print("parts: \(parts.base) with all of them")
        for part in parts.parts { print("  \(part.name) contributes \(part.contribution ?? .nan)") }
    }

    /// Trains in this process.
    private static func track(_ epochs: Int) async throws {
        let tracked = try await Experiment("digits-tracked").begin(
            TrialParameters(["lr": .number(0.3), "hidden": .number(8)]), budget: epochs,
            direction: .maximize("accuracy"))
        let result: SearchResult
        do {
            result = try await tracked.end(try await train(tracked.trial))
        } catch is TrialStopped {
            result = try await tracked.end()
        }
        print(
            "tracked: \(result.best.state.rawValue) accuracy=\(result.best.metric ?? .nan) \(result.file("model") ?? "-")"
        )
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = fopen(path, "w") else { throw Failure(what: path) }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Failure(what: path) }
    }

    struct Failure: Error {
        let what: String
    }
}
