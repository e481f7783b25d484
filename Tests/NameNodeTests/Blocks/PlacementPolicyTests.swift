import Core
import Testing

@testable import NameNode

@Suite struct PlacementPolicyTests {
    private func candidate(
        _ number: Int, address: String = "10.0.0.1", remaining: UInt64 = 1 << 40, load: Int = 0, isStale: Bool = false
    ) -> PlacementPolicy.Candidate {
        PlacementPolicy.Candidate(
            location: LocatedBlock.Location(
                datanode: DatanodeDescriptor(
                    uuid: "node-\(number)", address: address, hostName: address, transferPort: UInt16(9000 + number),
                    httpPort: 1, rpcPort: 2),
                storageID: "DS-\(number)", storageKind: .disk),
            remainingBytes: remaining, load: load, isStale: isStale)
    }

    @Test("Nodes are distinct, not excluded, not already chosen, and have room", arguments: 0..<200)
    func properties(seed: Int) {
        var random = RandomSource(seed: UInt64(seed))
        let candidates = (0..<Int.random(in: 0...8, using: &random)).map { number in
            candidate(
                number, address: "10.0.0.\(number)", remaining: UInt64.random(in: 0...200, using: &random),
                load: Int.random(in: 0...5, using: &random), isStale: Int.random(in: 0..<4, using: &random) == 0)
        }
        let excluded = Set((0..<2).map { _ in "node-\(Int.random(in: 0...8, using: &random))" })
        let chosen = candidates.prefix(Int.random(in: 0...1, using: &random)).map(\.location)
        let request = PlacementRequest(
            writer: "10.0.0.3", replication: Int.random(in: 0...4, using: &random), blockSize: 100, excluded: excluded,
            chosen: chosen)
        let picked = PlacementPolicy.choose(request, from: candidates, &random)
        let usable = candidates.filter {
            $0.remainingBytes >= 100 && !excluded.contains($0.location.datanode.uuid) && !chosen.contains($0.location)
        }
        #expect(picked.count == min(request.replication, usable.count), "seed \(seed)")
        #expect(Set(picked.map(\.datanode.uuid)).count == picked.count, "seed \(seed)")
        #expect(picked.allSatisfy { node in usable.contains { $0.location == node } }, "seed \(seed)")
        let stalePicked = picked.filter { node in usable.contains { $0.location == node && $0.isStale } }.count
        if stalePicked > 0 {
            #expect(picked.count - stalePicked == usable.filter { !$0.isStale }.count, "seed \(seed)")
        }
        if chosen.isEmpty, request.replication > 0,
            let local = usable.first(where: { $0.location.datanode.address == "10.0.0.3" && !$0.isStale })
        {
            #expect(picked.first == local.location, "seed \(seed)")
        }
    }

    @Test("Free space and load decide how often a node is chosen")
    func weights() {
        var random = RandomSource(seed: 7)
        let candidates = [
            candidate(0, remaining: 300), candidate(1, remaining: 100), candidate(2, remaining: 300, load: 2),
        ]
        var counts = [0, 0, 0]
        for _ in 0..<5000 {
            let request = PlacementRequest(writer: nil, replication: 1, blockSize: 1)
            let picked = PlacementPolicy.choose(request, from: candidates, &random)
            for index in 0..<3 where picked.first == candidates[index].location { counts[index] += 1 }
        }
        // Weights 300, 100, 100.
        #expect((2800...3200).contains(counts[0]))
        #expect((850...1150).contains(counts[1]) && (850...1150).contains(counts[2]))
    }

    @Test("Without a node the error has HDFS's words")
    func errorText() {
        let error = PlacementPolicy.noDatanodes(running: 3, excluded: 0)
        #expect(error.code == .noDatanodes)
        #expect(
            error.message
                == "could only be written to 0 of the 1 minReplication nodes. There are 3 datanode(s) running and "
                + "no node(s) are excluded in this operation.")
        #expect(PlacementPolicy.noDatanodes(running: 3, excluded: 3).message.contains("and 3 node(s) are excluded"))
    }
}
