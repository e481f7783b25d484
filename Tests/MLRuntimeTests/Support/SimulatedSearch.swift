import Core
import MLRuntime

/// A search on pretended slots whose trials take random times: what a driver does, without programs.
struct SimulatedSearch {
    let optimizer: any Optimizer
    let seed: UInt64
    let slots: Int
    /// The metric of a trial.
    var metric: (Suggestion) -> TrialResult = { TrialResult(.finished, metric: Self.sum($0)) }

    /// The whole journal. Which running trial ends next is drawn from `order`.
    func journal(order: UInt64 = 1, recordsMax: Int = 20_000) throws(HFSError) -> [JournalRecord] {
        var random = RandomGenerator(seed: order)
        var history = History()
        var records: [JournalRecord] = []
        var running: [Int] = []
        func add(_ record: JournalRecord) throws(HFSError) {
            try history.apply(record)
            records.append(record)
        }
        while records.count < recordsMax {
            let decision = running.count < slots ? optimizer.decide(history) : .wait
            if case .trial(let suggestion) = decision {
                let trial = history.trials.count
                try add(
                    .enqueued(
                        trial: trial, seed: RandomGenerator.trialSeed(seed, index: trial), suggestion: suggestion))
                try add(.claimed(trial: trial, attempt: 1, agent: "a"))
                running.append(trial)
                continue
            }
            if running.isEmpty { return records }
            let trial = running.remove(at: random.below(running.count))
            try add(.ended(trial: trial, attempt: 1, result: metric(history.trials[trial].suggestion)))
        }
        throw HFSError(.invalidArgument, "The search does not end")
    }

    /// Asks the optimizer again at each decision of a journal and gives the journal that it makes.
    func replay(_ records: [JournalRecord]) throws(HFSError) -> [JournalRecord] {
        var history = History()
        return try records.map { (record) throws(HFSError) in
            var made = record
            if case .enqueued(let trial, _, _) = record {
                guard case .trial(let suggestion) = optimizer.decide(history) else {
                    throw HFSError(.corruptMetadata, "No decision at \(record)")
                }
                made = .enqueued(
                    trial: trial, seed: RandomGenerator.trialSeed(seed, index: trial), suggestion: suggestion)
            }
            try history.apply(record)
            return made
        }
    }

    /// A metric that depends on all numbers.
    static func sum(_ suggestion: Suggestion) -> Double {
        suggestion.parameters.sorted { $0.key < $1.key }.reduce(0) { sum, pair in
            if case .number(let number) = pair.value { sum / 2 + number } else { sum + 1 }
        }
    }
}

/// The bytes of a journal.
func bytes(_ records: [JournalRecord]) throws -> [UInt8] {
    var all: [UInt8] = []
    for record in records { all += try Journal.line(record) }
    return all
}
