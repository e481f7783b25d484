import MLRuntime

extension Digits {
    private static let batch = 32

    /// Trains for the trial's budget, going on from its checkpoint: the same in one run, a search, an ablation study and distributed
    /// training.
    @Sendable
    static func train(_ trial: Trial) async throws -> [String: any TrialOutput] {
        let data = try Data(try await trial.dataset(dataset, isSharded: true))
        // The same split in every trial, so that they can be compared.
        let split = data.count * 3 / 4
        var network = Network(
            inputs: data.inputs, hidden: trial.includes("hidden") ? try trial.params.int("hidden") : 0, seed: trial.seed
        )
        if let checkpoint = trial.restored { network.bytes = try checkpoint.bytes() }
        let first = Float(try trial.params.double("lr"))
        // Workers may have a row more or less; all make as many steps.
        let batches = try await Int(-trial.allReduce([-Double(split / batch)], .max)[0])
        var accuracy = try await accuracy(of: network, data, split..<data.count, trial)
        for epoch in trial.steps {
            let rate = trial.includes("decay") ? first / Float(epoch).squareRoot() : first
            for index in 0..<batches {
                let local = network.gradient(data, rows: index * batch..<(index + 1) * batch)
                let gradient = try await trial.allReduce(local, .mean)
                for index in gradient.indices { network.weights[index] -= rate * gradient[index] }
            }
            accuracy = try await self.accuracy(of: network, data, split..<data.count, trial)
            try trial.checkpoint(step: epoch, network.bytes)
            try await trial.report(accuracy, step: epoch)
        }
        let model = "\(trial.logDirectory)/model-\(trial.rank).bin"
        try write(network.bytes, to: model)
        return ["accuracy": accuracy, "model": .file(model)]
    }

    /// Over the rows of all workers.
    private static func accuracy(
        of network: Network, _ data: Data, _ rows: Range<Int>, _ trial: Trial
    ) async throws -> Double {
        let counts = try await trial.allReduce(
            [Double(network.rightCount(data, rows: rows)), Double(rows.count)], .sum)
        return counts[0] / counts[1]
    }
}
