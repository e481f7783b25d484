import Core
import Glibc
import MetaStore
import Testing

@testable import NameNode

/// Small files whose bytes lie in the metadata.
@Suite struct InlineTests {
    private static let bytes = [UInt8](0..<200)

    @Test func bytesComeBackWithTheOpenAndHaveARealBlock() async throws {
        try await TestNamespace.with { ns in
            let inode = try await ns.create("/d/f", replication: 2)
            #expect(try await ns.completeInline("/d/f", inode, Self.bytes) == .result(true))
            let layout = try await ns.open("/d/f")
            #expect(layout.inline == InlineRow(Self.bytes, checksum: CRC32C.checksum(Self.bytes)))
            let part = try #require(layout.parts.first)
            #expect(layout.parts.count == 1 && part.row.isInline && part.row.state == .committed)
            #expect(part.row.length == 200 && part.row.generationStamp == InlineBlock.generationStamp)
            #expect(!layout.file.isUnderConstruction && layout.file.length == 200)
            #expect(try await ns.stat("/d/f")?.length == 200)
            #expect(try await ns.summary("/d").spaceConsumed == 400)
            #expect(ns.namenode.leases.openFileCount == 0)
            // Who does not ask for the bytes does not get them.
            let plain = try await ns.ask(GetBlockLocations(caller: TestNamespace.root, path: ns.path("/d/f")))
            #expect(plain.inline == nil)
            // A datanode asks by the block.
            let asked = ReadInline(block: part.id, generationStamp: part.row.generationStamp)
            let found = try await ns.namenode.writer.read { view throws(PlanInterrupt) in try asked.run(view) }
            #expect(try InlineRow(image: try #require(found)).bytes == Self.bytes)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aRepetitionChangesNothingAndOtherBytesAreRefused() async throws {
        try await TestNamespace.with { ns in
            let inode = try await ns.writeInline("/f", Self.bytes)
            let lsn = ns.engine.publishedLSN
            #expect(try await ns.completeInline("/f", inode, Self.bytes) == .result(true))
            #expect(ns.engine.publishedLSN == lsn)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.completeInline("/f", inode, [1]) }
                    .hasPrefix("leaseExpired: No lease on /f"))
            // The old file's call must not close the one that took its place.
            let second = try await ns.create("/f", overwrite: true)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.completeInline("/f", inode, Self.bytes) }
                    .hasPrefix("leaseExpired: "))
            #expect(try await ns.completeInline("/f", second, [7]) == .result(true))
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aFileWithABlockTakesNoBytesOfItsOwn() async throws {
        try await TestNamespace.with { ns in
            let inode = try await ns.create("/f")
            try await ns.addBlock("/f")
            #expect(
                await refusalText { () throws(HFSError) in try await ns.completeInline("/f", inode, Self.bytes) }
                    .hasPrefix("unsupported: /f cannot be closed with 200 bytes of its own: it has 1 blocks"))
            #expect(
                await refusalText { () throws(HFSError) in
                    try await ns.completeInline("/f", inode, Self.bytes, holder: "other")
                }.hasPrefix("leaseExpired: Lease mismatch"))
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aSpaceQuotaCountsTheBytesAndNoMore() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/q")
            _ = try await ns.run(
                SetQuota(caller: TestNamespace.root, path: ns.path("/q"), namespaceQuota: 1000, spaceQuota: 500))
            try await ns.writeInline("/q/a", Self.bytes, replication: 2)
            let inode = try await ns.create("/q/b")
            #expect(
                await refusalText { () throws(HFSError) in try await ns.completeInline("/q/b", inode, Self.bytes) }
                    .hasPrefix("spaceQuotaExceeded: "))
            #expect(try await ns.completeInline("/q/b", inode, [UInt8](repeating: 1, count: 100)) == .result(true))
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aWholeFileIsMadeAndReplacedInOneStep() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/q")
            _ = try await ns.run(
                SetQuota(caller: TestNamespace.root, path: ns.path("/q"), namespaceQuota: 1000, spaceQuota: 500))
            let lsn = ns.engine.publishedLSN
            let status = try await ns.writeAtOnce("/q/d/f", Self.bytes, replication: 2)
            #expect(ns.engine.publishedLSN.rawValue == lsn.rawValue + 1)
            #expect(status.length == 200 && status.replication == 2)
            let layout = try await ns.open("/q/d/f")
            #expect(layout.inline?.bytes == Self.bytes && layout.file.isUnderConstruction == false)
            #expect(ns.namenode.leases.openFileCount == 0)
            #expect(try await ns.audit() == [])
            // What is replaced makes room; what is too much changes nothing.
            try await ns.writeAtOnce("/q/d/f", [UInt8](repeating: 1, count: 250), overwrite: true, replication: 2)
            #expect(try await ns.summary("/q").spaceConsumed == 500)
            let more = [UInt8](repeating: 2, count: 251)
            #expect(
                await refusalText { () throws(HFSError) in
                    try await ns.writeAtOnce("/q/d/f", more, overwrite: true, replication: 2)
                }.hasPrefix("spaceQuotaExceeded: "))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.writeAtOnce("/q/d/f", [1]) }
                    == "alreadyExists: /q/d/f for client 127.0.0.1 already exists")
            #expect(try await ns.open("/q/d/f").inline?.bytes == [UInt8](repeating: 1, count: 250))
            // A file that is being written gives way, its writer has lost it.
            try await ns.create("/open")
            try await ns.addBlock("/open")
            try await ns.writeAtOnce("/open", [3], overwrite: true)
            #expect(ns.namenode.leases.openFileCount == 0)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func appendLeavesTheBlockAndAddsAnother() async throws {
        try await TestNamespace.with { ns in
            try await ns.writeInline("/f", Self.bytes)
            let append = Append(caller: TestNamespace.root, path: try ns.path("/f"), holder: "w")
            guard case .appended(let status) = try await ns.run(append) else {
                Issue.record("append names a block")
                return
            }
            #expect(status.length == 200)
            var block = try await ns.addBlock("/f", holder: "w").block
            block.length = 11
            #expect(try await ns.complete("/f", holder: "w", last: block) == .result(true))
            let layout = try await ns.open("/f")
            #expect(layout.inline?.bytes == Self.bytes)
            #expect(layout.parts.map(\.row.isInline) == [true, false])
            #expect(layout.parts.map(\.offset) == [0, 200])
            #expect(try await ns.audit() == [])
            // Nothing stays of it, also of a file that is freed block by block.
            for _ in 0..<20 {
                _ = try await ns.run(append)
                var more = try await ns.addBlock("/f", holder: "w").block
                more.length = 1
                try await ns.complete("/f", holder: "w", last: more)
            }
            try await ns.delete("/f")
            try await ns.settle()
            #expect(try await ns.dump().rows.allSatisfy { $0.key.table != .inline && $0.key.table != .block })
            #expect(try await ns.audit() == [])
        }
    }

    @Test func renamedOverwrittenAndDeletedFilesLeaveNothing() async throws {
        try await TestNamespace.with { ns in
            try await ns.writeInline("/a/f", Self.bytes)
            _ = try await ns.rename("/a", "/b")
            #expect(try await ns.open("/b/f").inline?.bytes == Self.bytes)
            try await ns.writeInline("/b/f", [1, 2, 3], overwrite: true)
            #expect(try await ns.open("/b/f").inline?.bytes == [1, 2, 3])
            try await ns.writeInline("/b/g", [4])
            try await ns.rename2("/b/g", "/b/f", overwrite: true)
            #expect(try await ns.open("/b/f").inline?.bytes == [4])
            #expect(try await ns.dump().rows.count { $0.key.table == .inline } == 1)
            try await ns.write("/b/f2", [10])
            try await ns.delete("/b", recursive: true)
            try await ns.settle()
            #expect(try await ns.dump().rows.allSatisfy { $0.key.table != .inline })
            #expect(try await ns.audit() == [])
        }
    }

    @Test func nobodyLooksForReplicasOfIt() async throws {
        try await TestNamespace.with { ns in
            let inode = try await ns.writeInline("/f", Self.bytes, replication: 3)
            let layout = try await ns.open("/f")
            #expect(layout.parts.first?.row.replication == 3 && layout.inode == inode)
            let block = try #require(layout.parts.first?.id)
            // Even when somebody asks for a judgement of the block.
            ns.namenode.blocks.replicationChanged([block], replication: 3)
            ns.namenode.blocks.runDue()
            let figures = ns.namenode.blocks.statistics()
            #expect(figures.missingBlocks == 0 && figures.underReplicatedBlocks == 0)
            // A namespace with nothing but such files has no datanode to wait for.
            #expect(!ns.namenode.blocks.safemode.isOn)
            #expect(try await ns.audit() == [])
        }
    }

    @Test(arguments: [0, 1000, 65536, 65537, -1]) func theSettingHasBounds(bytes: Int) throws {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/namenode.json"
        Array("{\"directory\": \"/d\", \"inlineBytesMax\": \(bytes)}".utf8).withUnsafeBytes { json in
            let descriptor = open(file, O_CREAT | O_WRONLY, 0o600)
            #expect(Glibc.write(descriptor, json.baseAddress, json.count) == json.count)
            Glibc.close(descriptor)
        }
        guard 0...65536 ~= bytes else {
            let error = #expect(throws: HFSError.self) { try NameNodeConfiguration.load(file) }
            #expect(error?.cause?.contains("inlineBytesMax is 0 to 65536, not \(bytes)") == true)
            return
        }
        #expect(try NameNodeConfiguration.load(file).rules(poolID: "").inlineBytesMax == bytes)
    }

    @Test(
        arguments: [
            (3, [], nil, 0), (1, [], nil, 65536), (3, ["/a"], nil, 0), (3, ["/a", "/a"], nil, 0),
            (3, ["/a", "/b"], nil, 65536), (3, [], 100, 100), (1, [], 0, 0),
        ] as [(Int, [String], Int?, Int)])
    func severalCopiesDoNotSilentlyBecomeOne(replication: Int, edits: [String], set: Int?, told: Int) {
        var configuration = NameNodeConfiguration(directory: "unused")
        configuration.replication = replication
        configuration.editsDirectories = edits
        configuration.inlineBytesMax = set
        #expect(configuration.rules(poolID: "").inlineBytesMax == told)
    }

    @Test func bytesOfAFileThatMayNotBeReadAreNotGiven() async throws {
        try await TestNamespace.with { ns in
            try await ns.writeInline("/f", Self.bytes)
            try await ns.chmod("/f", 0o600)
            #expect(
                await refusalText { () throws(HFSError) in
                    try await ns.open("/f", as: TestNamespace.user("alice"))
                }.hasPrefix("accessDenied: "))
        }
    }

    @Test func aRepetitionTellsNobodyElseWhatAFileHolds() async throws {
        try await TestNamespace.with { ns in
            let inode = try await ns.writeInline("/f", Self.bytes)
            try await ns.chmod("/f", 0o644)
            for guess in [Self.bytes, [1]] {
                let content = InlineRow(guess, checksum: CRC32C.checksum(guess))
                let operation = CompleteInline(
                    caller: TestNamespace.user("alice"), path: try ns.path("/f"), inode: inode, holder: "cl",
                    content: content)
                #expect(
                    await refusalText { () throws(HFSError) in try await ns.run(operation) }.hasPrefix("accessDenied: ")
                )
            }
        }
    }

    @Test(arguments: [1, 4]) func theyOutliveAStartAndColdReads(count: Int) async throws {
        let directory = try TemporaryDirectory()
        let content = (0..<40).map { seed in [UInt8](repeating: UInt8(seed), count: 1000 + seed) }
        try await TestNamespace.with(.shards(directory.path, count: count)) { ns in
            for (index, bytes) in content.enumerated() { try await ns.writeInline("/d/f\(index)", bytes) }
            #expect(try await ns.audit() == [])
        }
        try await TestNamespace.with(.shards(directory.path, count: count), { $0.cacheBytes = 4096 }) { ns in
            #expect(!ns.namenode.blocks.safemode.isOn)
            for (index, bytes) in content.enumerated() {
                #expect(try await ns.open("/d/f\(index)").inline?.bytes == bytes)
            }
            try await ns.writeInline("/d/f0", [1], overwrite: true)
            try await ns.delete("/d/f1")
            #expect(try await ns.open("/d/f0").inline?.bytes == [1])
            #expect(try await ns.dump().rows.count { $0.key.table == .inline } == 39)
            #expect(try await ns.audit() == [])
        }
    }
}
