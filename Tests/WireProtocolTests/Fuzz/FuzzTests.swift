import Foundation
import Testing

/// Every decoder under random input: it may refuse, it may not crash, hang or misread.
///
/// HFS_FUZZ_SECONDS   how long each decoder is run (default: some thousand inputs)
/// HFS_FUZZ_SEED      repeats the run that printed this seed
/// HFS_FUZZ_TARGET    one decoder only
/// HFS_FUZZ_RECORD=1  keeps inputs with an outcome that the corpus does not have yet
@Suite(.serialized) struct FuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    static let targets = (FuzzTarget.rpc + FuzzTarget.requests + FuzzTarget.responses + FuzzTarget.dataTransfer)
        .filter { environment["HFS_FUZZ_TARGET"] == nil || $0.name == environment["HFS_FUZZ_TARGET"] }

    @Test(arguments: targets) func `A decoder takes its good inputs`(target: FuzzTarget) throws {
        var taken = 0
        for input in target.inputs where try target.outcome(input) == "taken" { taken += 1 }
        #expect(taken > 0)
    }

    @Test(arguments: targets) func `A decoder lives through its corpus`(target: FuzzTarget) throws {
        let inputs = try Corpus(of: target).inputs()
        #expect(!inputs.isEmpty || Self.environment["HFS_FUZZ_RECORD"] != nil)
        for input in inputs { _ = try target.outcome(input) }
    }

    @Test func `Every corpus belongs to a decoder`() throws {
        let names = Set(
            (FuzzTarget.rpc + FuzzTarget.requests + FuzzTarget.responses + FuzzTarget.dataTransfer).map(\.name))
        let files = try FileManager.default.contentsOfDirectory(atPath: Corpus.folder.path)
        for file in files where file.hasSuffix(".hex") { #expect(names.contains(String(file.dropLast(4))), "\(file)") }
    }

    @Test(arguments: targets) func `A decoder lives through random input`(target: FuzzTarget) throws {
        let seed = Self.environment["HFS_FUZZ_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0..<1_000_000_000)
        // Printed first: a crash leaves nothing else behind.
        let line =
            "fuzz \(target.name): HFS_FUZZ_SEED=\(seed) HFS_FUZZ_TARGET=\(target.name) make fuzz repeats this run\n"
        FileHandle.standardError.write(Data(line.utf8))
        let seconds = Self.environment["HFS_FUZZ_SECONDS"].flatMap(Double.init)
        let isRecording = Self.environment["HFS_FUZZ_RECORD"] != nil
        let corpus = Corpus(of: target)
        let known = try corpus.inputs()
        var outcomes = Set(try known.map(target.outcome))
        let inputs = target.inputs + known
        var mutator = Mutator(seed: seed)
        let start = ContinuousClock.now
        var count = 0
        while seconds.map({ ContinuousClock.now - start < .seconds($0) }) ?? (count < 5000) {
            for _ in 0..<100 {
                let input = mutator.next(inputs)
                count += 1
                do {
                    let outcome = try target.outcome(input)
                    if isRecording, input.count < 2000, outcomes.insert(outcome).inserted {
                        try corpus.append(input, outcome)
                    }
                } catch {
                    Issue.record("\(target.name), seed \(seed), input \(count): \(error); \(input)")
                    return
                }
            }
        }
        let elapsed = ContinuousClock.now - start
        #expect(elapsed < .seconds((seconds ?? 30) + 60), "\(count) inputs took \(elapsed)")
    }
}
