import Core
import MetaStore
import Testing

@testable import NameNode

/// Several copies of a file that the namenode keeps: datanodes get it.
@Suite("Copies of inline files", .timeLimit(.minutes(5))) struct InlineMoveTests {
    private static let bytes: [UInt8] = [1, 2, 3]

    /// Speaks for datanodes of a namenode whose clock is the test's.
    private struct Nodes {
        let ns: TestNamespace

        var blocks: BlockManager { ns.namenode.blocks }

        func connection(_ node: Int) -> DatanodeConnection { DatanodeConnection(UInt64(100 + node)) }

        func join(_ nodes: ClosedRange<Int>) async throws {
            for node in nodes {
                _ = try blocks.register(
                    BlockCluster.descriptor(node), [BlockCluster.storage(node)], on: connection(node))
                try blocks.bucketContents(
                    "node-\(node)", storageID: "DS-\(node)", buckets: Array(0..<Limits.blockReportBuckets), [],
                    isLast: true, on: connection(node))
            }
            try await settle()
        }

        func settle() async throws {
            for _ in 0..<4 {
                try await ns.settle()
                blocks.runDue()
            }
        }

        /// What the nodes are told to copy while some seconds pass.
        func transfers(_ nodes: ClosedRange<Int>) async throws -> [(source: Int, block: BlockVersion, targets: [Int])] {
            var found: [(source: Int, block: BlockVersion, targets: [Int])] = []
            for _ in 0..<10 {
                ns.clock.advance(byMs: 500)
                try await settle()
                for node in nodes {
                    let commands = try blocks.heartbeat(
                        "node-\(node)", [BlockCluster.storage(node)], transfers: 0, on: connection(node))
                    for case .transfer(let block, let targets) in commands ?? [] {
                        found.append(
                            (node, block, targets.compactMap { Int($0.datanode.uuid.dropFirst("node-".count)) }))
                    }
                }
            }
            return found
        }

        func received(_ node: Int, _ block: BlockVersion) async throws {
            let replica = ReportedReplica(
                block: block.id, generationStamp: block.generationStamp, length: block.length)
            try blocks.replicasChanged(
                "node-\(node)", [ReplicaChange(kind: .received, replica: replica, storageID: "DS-\(node)")],
                on: connection(node))
            try await settle()
        }

        func setReplication(_ replication: Int) async throws {
            let change = SetReplication(
                caller: TestNamespace.root, rules: ns.namenode.rules, path: try ns.path("/f"), replication: replication)
            #expect(try await ns.run(change) == .result(true))
            try await settle()
        }

        func wishes() async throws -> [MovingRow] {
            try await ns.namenode.writer.read { view throws(PlanInterrupt) in try MovingRow.all(view) }
        }

        func moving() async throws -> [BlockID] { try await wishes().map(\.block) }

        /// As if two replicas had been counted for this wish some time ago.
        func finish(_ wish: MovingRow) async throws {
            let result: Result<Outcome<NoReply>, HFSError> = await withCheckedContinuation { continuation in
                ns.engine.submit(FinishMove(wish: wish), retry: nil) { continuation.resume(returning: $0) }
            }
            _ = try result.get()
            try await settle()
        }
    }

    @Test("are made by datanodes, and once two have it the namenode keeps it no longer")
    func move() async throws {
        try await TestNamespace.with { ns in
            let nodes = Nodes(ns: ns)
            try await nodes.join(1...3)
            try await ns.writeInline("/f", Self.bytes, replication: 3)
            #expect(try await nodes.transfers(1...3).isEmpty, "the default replication is nobody's wish")
            try await nodes.setReplication(3)
            let before = try await ns.open("/f")
            let block = try #require(before.parts.first?.id)
            #expect(try await nodes.moving() == [block])
            let ordered = try await nodes.transfers(1...3)
            #expect(ordered.count == 1 && ordered[0].block.id == block && ordered[0].block.length == 3)
            #expect(Set(ordered[0].targets) == [1, 2, 3] && ordered[0].source == ordered[0].targets[0])
            try await nodes.received(1, ordered[0].block)
            #expect(try await ns.open("/f").inline?.bytes == Self.bytes, "one copy is not enough")
            try await nodes.received(2, ordered[0].block)
            let after = try await ns.open("/f")
            #expect(after.inline == nil && !after.file.hasInlineBlock && after.parts.first?.row.isInline == false)
            #expect(after.file.modifiedMs == before.file.modifiedMs && after.parts.first?.id == block)
            #expect(try await nodes.moving() == [])
            let located = nodes.blocks.locations(
                of: block, generationStamp: ordered[0].block.generationStamp, reader: nil)
            #expect(Set(located.locations.map(\.datanode.uuid)) == ["node-1", "node-2"])
            // The third is on its way; from here on it is a block like any other.
            try await nodes.received(3, ordered[0].block)
            #expect(nodes.blocks.statistics().underReplicatedBlocks == 0)
            try await ns.delete("/f")
            #expect(try await ns.audit() == [])
        }
    }

    @Test("that are no longer wanted, or of a file that is gone, leave no wish behind", arguments: [true, false])
    func takenBack(isDeleted: Bool) async throws {
        try await TestNamespace.with { ns in
            let nodes = Nodes(ns: ns)
            try await nodes.join(1...3)
            try await ns.writeInline("/f", Self.bytes)
            try await nodes.setReplication(2)
            let ordered = try await nodes.transfers(1...3)
            #expect(ordered.count == 1)
            if isDeleted { try await ns.delete("/f") } else { try await nodes.setReplication(1) }
            for node in ordered[0].targets { try await nodes.received(node, ordered[0].block) }
            #expect(try await nodes.moving() == [])
            #expect(try await nodes.transfers(1...3).isEmpty)
            if !isDeleted { #expect(try await ns.open("/f").inline?.bytes == Self.bytes) }
            #expect(try await ns.audit() == [])
        }
    }

    @Test("that are wished anew are others: what was counted for an earlier wish never costs the bytes")
    func renewed() async throws {
        try await TestNamespace.with { ns in
            let nodes = Nodes(ns: ns)
            try await nodes.join(1...3)
            try await ns.writeInline("/f", Self.bytes)
            try await nodes.setReplication(2)
            let first = try #require(try await nodes.wishes().first)
            try await nodes.setReplication(2)
            #expect(try await nodes.wishes() == [first], "asking twice is one wish")
            try await nodes.setReplication(1)
            #expect(try await nodes.wishes() == [])
            try await nodes.finish(first)
            #expect(try await ns.open("/f").inline?.bytes == Self.bytes)
            try await nodes.setReplication(2)
            let second = try #require(try await nodes.wishes().first)
            #expect(second.block == first.block && second.stamp > first.stamp)
            try await nodes.finish(first)
            #expect(try await nodes.wishes() == [second])
            let old = BlockVersion(id: first.block, generationStamp: first.stamp, length: 3)
            for node in 1...2 { try await nodes.received(node, old) }
            #expect(try await ns.open("/f").inline?.bytes == Self.bytes)
            #expect(try await ns.audit() == [])
        }
    }

    @Test("are counted only when they were made from the namenode's bytes, not when somebody else wrote them")
    func planted() async throws {
        try await TestNamespace.with { ns in
            let nodes = Nodes(ns: ns)
            try await nodes.join(1...3)
            try await ns.writeInline("/f", Self.bytes)
            let block = try #require(try await ns.open("/f").parts.first?.id)
            let base = InlineBlock.generationStamp.rawValue
            try await nodes.received(1, BlockVersion(id: block, generationStamp: GenerationStamp(base), length: 3))
            try await nodes.received(2, BlockVersion(id: block, generationStamp: GenerationStamp(base + 1), length: 3))
            try await nodes.setReplication(2)
            let wish = try #require(try await nodes.wishes().first)
            #expect(try await ns.open("/f").inline?.bytes == Self.bytes)
            let ordered = try await nodes.transfers(1...3)
            #expect(ordered.count == 1 && ordered.first?.targets == [3])
            #expect(ordered.first?.block.generationStamp == wish.stamp && wish.stamp.rawValue > base + 1)
            try await nodes.received(3, ordered[0].block)
            #expect(try await ns.open("/f").inline?.bytes == Self.bytes)
            let gone = ReportedReplica(block: block, generationStamp: GenerationStamp(base), length: 3)
            try nodes.blocks.replicasChanged(
                "node-1", [ReplicaChange(kind: .deleted, replica: gone, storageID: "DS-1")], on: nodes.connection(1))
            let again = try await nodes.transfers(1...3)
            #expect(again.first?.targets == [1] && again.first?.source == 1, "from the namenode's bytes, too")
            try await nodes.received(1, again[0].block)
            let after = try await ns.open("/f")
            #expect(after.inline == nil && after.parts.first?.row.generationStamp == wish.stamp)
            #expect(try await ns.audit() == [])
        }
    }

    @Test("are given the bytes under the wish's stamp and under none that is guessed")
    func secret() async throws {
        try await TestNamespace.with { ns in
            try await ns.writeInline("/f", Self.bytes)
            try await Nodes(ns: ns).setReplication(2)
            let wish = try #require(try await Nodes(ns: ns).wishes().first)
            for (offset, expected) in [(UInt64(0), Self.bytes), (1, nil), (UInt64.max, nil)] {
                let read = ReadInline(
                    block: wish.block, generationStamp: GenerationStamp(wish.stamp.rawValue &+ offset))
                let row = try await ns.namenode.writer.read { view throws(PlanInterrupt) in try read.run(view) }
                #expect(try row.map { try InlineRow(image: $0).bytes } == expected)
            }
        }
    }

    @Test("are made by a namenode that started after the wish, and a copy that fails is ordered again")
    func restart() async throws {
        let folder = try TemporaryDirectory()
        try await TestNamespace.with(.shards(folder.path, count: 2)) { ns in
            try await ns.writeInline("/f", Self.bytes)
            try await Nodes(ns: ns).setReplication(2)
        }
        try await TestNamespace.with(.shards(folder.path, count: 2)) { ns in
            let nodes = Nodes(ns: ns)
            try await nodes.join(1...3)
            // Stamps were handed out, so it waits for datanodes before it has anything copied.
            var ordered = try await nodes.transfers(1...3)
            let patienceMs = ns.clock.monotonicMs + 300_000
            while ordered.isEmpty, ns.clock.monotonicMs < patienceMs { ordered = try await nodes.transfers(1...3) }
            #expect(ordered.count == 1 && ordered.first?.targets.count == 2)
            let endMs = ns.clock.monotonicMs + ns.namenode.blocks.configuration.transferTimeoutMs
            var again = try await nodes.transfers(1...3)
            while again.isEmpty, ns.clock.monotonicMs < endMs { again = try await nodes.transfers(1...3) }
            #expect(again.count == 1)
            for node in try #require(again.first).targets { try await nodes.received(node, again[0].block) }
            // Rows that a start left on disk are fetched by other threads, in rounds that settling does not count.
            while try await ns.open("/f").file.hasInlineBlock { try await nodes.settle() }
            #expect(try await nodes.moving() == [])
            #expect(try await ns.audit() == [])
        }
        // Now there is a block that datanodes must report.
        try await TestNamespace.with(.shards(folder.path, count: 2)) { ns in
            #expect(ns.namenode.blocks.safemode.isOn)
        }
    }
}
