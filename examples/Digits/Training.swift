import MLRuntime

extension Digits {
    private static let batch = 32

    /// Trains for the trial's budget, going on from its checkpoint; the same in one run, a search, an ablation study and distributed
    /// training.
    @Sendable
    static func train(_ trial: Trial) async throws -> [String: any TrialOutput] {
        let data = try Data(try await trial.dataset(dataset))
        // The same split in every trial, so that they can be compared.
        let split = data.count * 3 / 4
        var network = Network(
            inputs: data.inputs, hidden: trial.includes("hidden") ? try trial.params.int("hidden") : 0, seed: trial.seed
        )
        if let checkpoint = trial.restored { network.bytes = try checkpoint.bytes() }
        var rate = Float(try trial.params.double("lr"))
        var accuracy = network.accuracy(data, rows: split..<data.count)
        for epoch in trial.steps {
            if trial.includes("decay") { rate = Float(try trial.params.double("lr")) / Float(epoch).squareRoot() }
            for first in stride(from: 0, to: split, by: batch) {
                let (gradient, _) = network.gradient(data, rows: first..<min(first + batch, split))
                for index in gradient.indices { network.weights[index] -= rate * gradient[index] }
            }
            accuracy = network.accuracy(data, rows: split..<data.count)
            try trial.checkpoint(step: epoch, network.bytes)
            try await trial.report(accuracy, step: epoch)
        }
        let model = "\(trial.logDirectory)/model.bin"
        try write(network.bytes, to: model)
        return ["accuracy": accuracy, "model": .file(model)]
    }
}
