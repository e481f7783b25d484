import Client
import Testing

@Suite("Writing where the namenode keeps small files", .timeLimit(.minutes(5)))
struct InlineWriterTests {
    private func check(_ sizes: [Int], _ inlineBytesMax: Int, _ comment: Comment) async throws {
        let inline = FakeInlineNamenode()
        try await FakeCluster.run(inlineBytesMax: UInt32(inlineBytesMax), inline: inline) { (cluster) async throws in
            let bytes = FakeCluster.bytes(sizes.reduce(0, +))
            let writer = try await cluster.fs.create("/f")
            var offset = 0
            for size in sizes {
                try await writer.write(Array(bytes[offset..<offset + size]))
                offset += size
                #expect(writer.position == UInt64(offset), comment)
            }
            try await writer.close()
            if (1...inlineBytesMax).contains(bytes.count) {
                #expect(inline.content == bytes && cluster.namenode.blocks.isEmpty, comment)
            } else {
                // Nothing is sent to a namenode that will not take it.
                #expect(inline.content == nil && cluster.content == bytes, comment)
            }
        }
    }

    @Test("A small write after one that was too large to be held back", arguments: [1, 4096, 64_511, 65_536])
    func smallAfterLarge(inlineBytesMax: Int) async throws {
        try await check([inlineBytesMax + 1, 1], inlineBytesMax, "one byte after")
        try await check([20_000 + inlineBytesMax, 100], inlineBytesMax, "100 bytes after")
        try await check([inlineBytesMax, 1], inlineBytesMax, "one byte more than is held")
    }

    @Test("Writes of any sizes", arguments: [1, 4096, 64_511, 65_536])
    func anySizes(inlineBytesMax: Int) async throws {
        for _ in 0..<8 {
            let seed = UInt64.random(in: 0...UInt64.max)
            var state = seed
            func next(_ bound: Int) -> Int {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int((state >> 33) % UInt64(bound))
            }
            let sizes = (0...next(6)).map { _ in next(2) == 0 ? next(200) : next(2 * inlineBytesMax + 2) }
            try await check(sizes, inlineBytesMax, "seed \(seed), sizes \(sizes)")
        }
    }
}
