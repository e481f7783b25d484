import Core
import MetaStore
import Testing

@testable import NameNode

/// Ends the namenode at each call that changes the edits log while directories are published, and looks at what the next start
/// finds: each is published whole, or still lies where it was prepared.
@Suite struct PublishKillPointTests {
    private static let count = 4
    private let models = "/Projects/p/Models/digits"

    private func staging(_ index: Int) -> String { "/Projects/p/tmp/s\(index)" }

    private func prepare(_ directory: String) async throws {
        try await TestNamespace.with(.shards(directory, count: 2)) { ns in
            // At once, so that they share syncs.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<Self.count {
                    group.addTask { try await ns.write("\(staging(index))/weights", [100]) }
                    group.addTask { try await ns.write("\(staging(index))/assets/labels") }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Publishes one after the other until one is not acknowledged. Returns how many were.
    private func publish(_ directory: String, _ io: FaultFileIO) async -> Int {
        var configuration = ShardEngineConfiguration(directory: directory)
        configuration.segmentBytes = 8 << 10
        configuration.editsRetentionBytes = 0
        var acknowledged = 0
        do {
            let engine = try ShardEngine.open(configuration, clock: ManualClock(), io: io)
            let opened = OpenedEngine(engine: engine, clusterID: "CID-test", poolID: "BP-test")
            try await TestNamespace.with(.opened(opened)) { ns in
                for index in 0..<Self.count {
                    try await ns.publish(
                        staging(index), models, ["ml.accuracy": "0.9", "ml.number": "\(index)"])
                    acknowledged += 1
                }
            }
        } catch {
            #expect(io.isDead, "\(error)")
        }
        return acknowledged
    }

    private func check(_ directory: String, acknowledged: Int, _ told: Comment) async throws {
        try await TestNamespace.with(.shards(directory, count: 2)) { ns in
            var published: Set<Int> = []
            for version in try await ns.names(models) ?? [] {
                let path = "\(models)/\(version)"
                let attributes = try await ns.attributes(path)
                let index = try #require(attributes.compactMap { Int($0.dropFirst("ml.number=".count)) }.first, told)
                #expect(attributes == ["hfs.artifact=model", "ml.accuracy=0.9", "ml.number=\(index)"], told)
                #expect(try await ns.names(path) == ["assets", "weights"], told)
                #expect(try await ns.names("\(path)/assets") == ["labels"], told)
                #expect(
                    await refusalText { () throws(HFSError) in try await ns.delete("\(path)/weights") }
                        .contains("is published"), told)
                #expect(version == "\(index + 1)", told)
                published.insert(index)
            }
            for index in 0..<Self.count {
                let isStaged = try await ns.stat(staging(index)) != nil
                #expect(isStaged != published.contains(index), "\(told), number \(index)")
                #expect(index >= acknowledged || published.contains(index), "\(told), number \(index)")
                guard isStaged else { continue }
                #expect(try await ns.attributes(staging(index)) == [], told)
                try await ns.delete("\(staging(index))/weights")
            }
            try await ns.settle()
            #expect(try await ns.audit() == [], told)
        }
    }

    @Test(arguments: [false, true])
    func aPublicationIsWholeOrNotThereWhereverTheProcessEnds(losesPower: Bool) async throws {
        let prepared = try TemporaryDirectory()
        try await prepare(prepared.path)
        var call = 1
        while true {
            let directory = try TemporaryDirectory()
            try prepared.copy(to: directory)
            let io = FaultFileIO()
            io.plan(call % 3 == 0 ? .tear : .kill, atCall: call)
            let acknowledged = await publish(directory.path, io)
            let wasKilled = io.isDead
            if wasKilled, losesPower { try io.losePower { _, index in (index + call) % 2 == 0 } }
            try await check(directory.path, acknowledged: acknowledged, "killed at call \(call)")
            guard wasKilled else {
                #expect(acknowledged == Self.count && call > 2 * Self.count, "\(call) calls")
                return
            }
            call += 1
        }
    }
}
