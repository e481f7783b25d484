import Core
import MetaStore
import Testing

@Suite struct EngineComparisonTests {
    static let seedCount = 20

    @Test(arguments: [1, 4])
    func `a shard engine answers as the reference does, with restarts and tiny caches in between`(shards: Int) throws {
        for seed in firstSeed..<firstSeed + UInt64(Self.seedCount * testFactor) {
            let comment = "seed \(seed), \(shards) shards; again with HFS_TEST_SEED=\(seed)"
            var generator = Generator(seed: seed)
            let scratch = Scratch()
            var configuration = ShardEngineConfiguration(directory: scratch.path)
            configuration.shardCount = shards
            configuration.segmentBytes = 64 << 10
            configuration.checkpointPages = 20
            configuration.applyLingerMs = Int64(generator.below(3))
            let caches = [0, 2000, 20_000, 10 << 20]
            configuration.cacheBytesMax = caches[generator.below(caches.count)]
            let comparison = try EngineComparison(configuration)
            for _ in 0..<4 {
                let names = 4 + generator.below(60)
                for _ in 0..<4 {
                    let directories = comparison.directories
                    let operations = (0..<50).map { _ in
                        ToyOperation.random(&generator, directories: directories, names: names)
                    }
                    try comparison.run(operations, inFlight: 1 + generator.below(20), comment: comment)
                    try comparison.compareReads(&generator, comment: comment)
                }
                if generator.below(2) == 0 { try comparison.compareFiles(comment: comment) }
                comparison.configuration.cacheBytesMax = caches[generator.below(caches.count)]
                try comparison.restart()
            }
            try comparison.compareFiles(comment: comment)
            try comparison.engine.close()
        }
    }
}
