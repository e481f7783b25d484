import Testing

@testable import MLRuntime

@Suite("What is copied for TensorBoard")
struct EventFileSourceTests {
    private typealias Source = EventFileMirror.Source

    @Test("event files, and reports of attempts beside which there is none yet")
    func sources() {
        #expect(Source("events.out.tfevents.1.host.0") == .events)
        #expect(Source("trials/000001/result/logs/a/events.out.tfevents.1") == .events)
        #expect(Source("trials/000001/attempts/2/metrics.jsonl") == .reports)
        for other in [
            "", "trials/000001/result/metrics.jsonl", "metrics.jsonl", "attempts/metrics.jsonl", "tfevents/x",
        ] {
            #expect(Source(other) == nil, "\(other)")
        }
    }

    @Test("an event file lies where it lay, curves of reports in a run of their own")
    func places() {
        let reports = "trials/000001/attempts/2/metrics.jsonl"
        #expect(Source.file(of: reports) == "trials/000001/attempts/2/running/events.out.tfevents.0")
        let events = "trials/000001/attempts/2/events.out.tfevents.1.host.0"
        #expect(Source.file(of: events) == events)
        #expect(Source.reports(beside: events) == reports)
        #expect(Source.reports(beside: "events.out.tfevents.1") == "metrics.jsonl")
    }

    @Test("reports count as whole lines, in the order in which they were made")
    func lines() {
        let line = #"{"step":3,"timeMs":1500,"values":{"b":0.5,"a":1}}"#
        let (none, nothing) = Source.reports.events(Array(line.utf8))
        #expect(none.isEmpty && nothing == 0)
        let bytes = Array("\(line)\nno report\n\(line)".utf8)
        let (events, taken) = Source.reports.events(bytes)
        #expect(taken == bytes.count - line.utf8.count)
        #expect(
            events == EventFile.scalar("a", 1, step: 3, timeMs: 1500)
                + EventFile.scalar("b", 0.5, step: 3, timeMs: 1500))
        let whole = Source.events.events([1, 2])
        #expect(whole.events == [1, 2] && whole.taken == 2)
        #expect(Source.events.head(timeMs: 1).isEmpty && !Source.reports.head(timeMs: 1).isEmpty)
    }
}
