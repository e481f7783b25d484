import Core
import Lineage
import LineageTesting
import Testing

@testable import Provenance

@Suite("Provenance speed", .disabled(if: Environment["HFS_PROVENANCE_SPEED"] == nil))
struct GraphSpeedTests {
    @Test("events folded a second")
    func catchUp() async throws {
        var feed = Feed()
        for run in 1...100 {
            feed.run = RunID(UInt64(run))
            for file in 0..<400 {
                feed.write("/data/d\(run % 20)/part-\(run)-\(file)")
                feed.read("/data/d\(run % 20)/part-\(run)-\(file)")
            }
        }
        let folder = TemporaryFolder()
        let store = try GraphStore(path: folder.file("graph.db"))
        let clock = ContinuousClock()
        let start = clock.now
        var taken = 0
        while taken < feed.entries.count {
            let end = min(feed.entries.count, taken + 5000)
            _ = try await store.take(Array(feed.entries[taken..<end]), next: feed.entries[end - 1].lsn.next)
            taken = end
        }
        let seconds = (clock.now - start) / .seconds(1)
        print("catch-up: \(taken) events in \(seconds) s, \(Int(Double(taken) / seconds)) events/s")
    }
}
