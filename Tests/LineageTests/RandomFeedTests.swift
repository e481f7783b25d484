import Core
import Lineage
import LineageTesting
import Testing

/// Random feeds against the reference. One seed again: `swift test --filter RandomFeedTests` with the seed as only argument
/// of `matches`.
@Suite("Lineage of random feeds")
struct RandomFeedTests {
    @Test("the fold agrees with the reference, and has no cycle", arguments: 1...80 as ClosedRange<UInt64>)
    func matches(_ seed: UInt64) throws {
        let feed = Feed(random: seed, steps: 250)
        var reference = ReferenceLineage()
        for entry in feed.entries { reference.take(entry) }
        let view = try GraphView(feed.entries)

        #expect(view.cycle == nil, "seed \(seed)")
        for (path, inode) in reference.live where path != "/" {
            #expect(view.path(inode) == path && view.isLive(inode), "seed \(seed): \(path)")
        }
        for (id, maker) in reference.makers {
            let found = view.graph.versions[id]?.maker
            #expect(found?.run?.description ?? "ada" == maker, "seed \(seed): maker of \(id)")
            #expect(
                view.graph.versions[id]?.owner?.inode == reference.owners[id]?.inode, "seed \(seed): owner of \(id)")
            // A part's inputs are its artifact's business.
            guard reference.owners[id] == nil else { continue }
            let expected = (reference.inputs[id] ?? []).subtracting([id])
            #expect(view.inputs(of: id) == expected, "seed \(seed): inputs of \(id)")
        }
        #expect(Set(view.graph.versions.keys) == Set(reference.makers.keys), "seed \(seed)")
    }
}
