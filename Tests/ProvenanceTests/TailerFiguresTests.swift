import Core
import LineageTesting
import Testing

@testable import Provenance

@Suite("Provenance figures")
struct TailerFiguresTests {
    @Test("lag is the age of what the graph may lack, none when it has everything, and grows while the feed is silent")
    func lag() {
        let clock = ManualClock(startMs: 100_000)
        let registry = MetricsRegistry()
        let figures = TailerFigures(registry, clock: clock)
        #expect(figures.problem != nil)
        var feed = Feed()
        for name in 1...3 { feed.mkdir("/\(name)") }

        // Told at 1 s and 2 s of the feed's time; a third record is known to be there.
        figures.took(Array(feed.entries.prefix(2)), next: LSN(3), published: LSN(3))
        #expect((figures.problem, figures.lagRecords, figures.lagMs) == (nil, 1, 98_000))
        figures.took(Array(feed.entries.suffix(1)), next: LSN(4), published: LSN(3))
        #expect((figures.lagRecords, figures.lagMs) == (0, 0))

        figures.failed(HFSError(.connectionFailed, "Nobody there"))
        clock.advance(byMs: 7_000)
        #expect((figures.problem, figures.lagMs) == ("Nobody there", 7_000))
        #expect(registry.prometheusText().contains("hfs_provenance_lag_ms 7000\n"))
        #expect(registry.prometheusText().contains("hfs_provenance_events_total 3\n"))
        figures.took([], next: LSN(4), published: LSN(3))
        #expect((figures.problem, figures.lagMs) == (nil, 0))
    }
}
