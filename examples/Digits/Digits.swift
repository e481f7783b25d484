import Glibc
import MLRuntime

/// A search over a small network that reads digits.
///
///     hfs dataset create digits deploy/data/digits.csv --project demo
///     HFS_PROJECT=demo digits [TRIALS [EPOCHS]]
///
/// Killed and started again, it goes on where it was.
@main
struct Digits {
    static let dataset = "digits/1"

    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let trials = numbers.first ?? 16
        let epochs = numbers.dropFirst().first ?? 9

        let space = try SearchSpace("lr=log:1e-2..1", "hidden=int:8..32:step8", "epochs=budget:1..\(epochs)")
        let found = try await Experiment("digits").search(
            space, optimizer: .asha(), direction: .maximize("accuracy"), trials: trials, parallel: 2, retries: 1, train)
        print("best: \(found.best.params) accuracy=\(found.best.metric ?? .nan) \(found.file("model") ?? "")")
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
