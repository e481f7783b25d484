import Core
import MLRuntime
import Testing

@Suite("Journal and history")
struct HistoryTests {
    static let first = JournalRecord.enqueued(trial: 0, seed: 7, suggestion: Suggestion(["lr": .number(0.1)]))
    static let claim = JournalRecord.claimed(trial: 0, attempt: 1, agent: "a")
    static let end = JournalRecord.ended(trial: 0, attempt: 1, result: TrialResult(.finished, metric: 0.9, step: 3))

    @Test("a journal is read back as it was, NaN included, and its bytes are canonical")
    func lines() throws {
        let records = [
            Self.first, Self.claim, .stopping(trial: 0, step: 2, reason: "it reported NaN"),
            .fenced(trial: 0, attempt: 1, reason: "lost", counts: true), .claimed(trial: 0, attempt: 2, agent: "b/1"),
            .ended(trial: 0, attempt: 2, result: TrialResult(.stopped, metric: .infinity, step: 3)),
        ]
        let text = try bytes(records)
        let read = try Journal.records(in: text)
        #expect(read.records == records)
        #expect(read.validBytes == text.count)
        #expect(
            String(decoding: text.prefix { $0 != 10 }, as: UTF8.self)
                == #"{"enqueued":{"seed":7,"suggestion":{"parameters":{"lr":0.1}},"trial":0}}"#)
    }

    @Test("a last line that was not written to its end is left out; a damaged one in between is refused")
    func torn() throws {
        let text = try bytes([Self.first, Self.claim])
        for cut in 1..<20 {
            let read = try Journal.records(in: Array(text.dropLast(cut)))
            #expect(read.records == [Self.first])
            #expect(read.validBytes == text.firstIndex(of: 10).map { $0 + 1 })
        }
        var damaged = text
        damaged[3] = 0
        let error = #expect(throws: HFSError.self) { try Journal.records(in: damaged) }
        #expect(error?.code == .corruptMetadata)
    }

    @Test(
        "what cannot follow is refused: nothing is counted twice",
        arguments: [
            [claim], [end], [first, first], [first, claim, claim], [first, claim, end, end],
            [first, claim, .fenced(trial: 0, attempt: 2, reason: "", counts: false)],
            [first, .claimed(trial: 0, attempt: 2, agent: "a")],
            [first, claim, end, .claimed(trial: 0, attempt: 2, agent: "a")],
            [first, claim, end, .stopping(trial: 0, step: 1, reason: "")],
        ])
    func impossible(_ records: [JournalRecord]) {
        let error = #expect(throws: HFSError.self) { try History(records) }
        #expect(error?.code == .corruptMetadata)
    }

    @Test("the best trial is that of the direction among those with the largest budget; failed ones and NaN are none")
    func best() throws {
        var history = History()
        let results: [(Int?, TrialResult)] = [
            (1, TrialResult(.finished, metric: 99)), (3, TrialResult(.finished, metric: .nan)),
            (3, TrialResult(.finished, metric: 0.5)), (3, TrialResult(.failed, metric: 1)),
            (3, TrialResult(.stopped, metric: 0.7)), (3, TrialResult(.finished, metric: 0.7)),
        ]
        for (index, (budget, result)) in results.enumerated() {
            try history.apply(.enqueued(trial: index, seed: 0, suggestion: Suggestion([:], budget: budget)))
            try history.apply(.claimed(trial: index, attempt: 1, agent: "a"))
            try history.apply(.ended(trial: index, attempt: 1, result: result))
        }
        #expect(history.best(.maximize)?.index == 4)
        #expect(history.best(.minimize)?.index == 2)
        #expect(History().best(.maximize) == nil)
    }
}
