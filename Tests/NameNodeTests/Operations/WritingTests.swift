import Core
import MetaStore
import Testing

@testable import NameNode

@Suite struct WritingTests {
    @Test func createAnswersAsHDFSDoes() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/p/d")
            try await ns.write("/p/f")
            try await ns.create("/p/o", holder: "cl")
            func answer(_ operation: Create) async -> String {
                await refusalText { () throws(HFSError) in try await ns.run(operation) }
            }
            #expect(try await answer(ns.creation("/p/f")) == "alreadyExists: /p/f for client 127.0.0.1 already exists")
            #expect(try await answer(ns.creation("/p/d")) == "alreadyExists: /p/d already exists as a directory")
            #expect(
                try await answer(ns.creation("/p/d", overwrite: true))
                    == "alreadyExists: /p/d already exists as a directory")
            #expect(
                try await answer(ns.creation("/p/no/x", createParent: false))
                    == "fileNotFound: Parent directory doesn't exist: /p/no")
            #expect(try await answer(ns.creation("/p/f/x")) == "notADirectory: Parent path is not a directory: /p/f")
            #expect(try await answer(ns.creation("/p/x", blockSize: 100)).hasPrefix("io: Specified block size is less"))
            #expect(try await answer(ns.creation("/p/x", replication: 0)).hasPrefix("io: file /p/x on client"))
            #expect(try await answer(ns.creation("/p/x", replication: 600)).hasSuffix("exceeds maximum 512"))
            #expect(
                try await answer(ns.creation("/p/w", overwrite: true, mayCreate: false))
                    == "fileNotFound: Can't overwrite non-existent /p/w for client 127.0.0.1")
            #expect(
                try await answer(ns.creation("/p/o"))
                    == "alreadyBeingCreated: Failed to CREATE_FILE /p/o for cl on 127.0.0.1 because cl is already the current lease holder."
            )
            #expect(
                try await answer(ns.creation("/p/o", holder: "cl2"))
                    == "alreadyBeingCreated: Failed to CREATE_FILE /p/o for cl2 on 127.0.0.1 because this file lease is currently owned by cl on 127.0.0.1"
            )
            #expect(try await answer(ns.creation("/p/o", holder: "cl2", overwrite: true)) == "done")
            #expect(
                try await answer(ns.creation("/", overwrite: true)) == "alreadyExists: / already exists as a directory")
            #expect(try await ns.audit() == [])
        }
    }

    @Test func directoriesThatCreateMakesAreLikeTheirParent() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/p", mode: 0o751)
            try await ns.create("/p/x/y/f", mode: 0o600)
            #expect(try await ns.stat("/p/x")?.mode == FileMode(0o751))
            #expect(try await ns.stat("/p/x/y/f")?.mode == FileMode(0o600))
        }
    }

    @Test func writersCallsNeedTheLease() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/p/f")
            try await ns.create("/p/o", holder: "cl")
            #expect(
                await refusalText { () throws(HFSError) in try await ns.addBlock("/p/o", holder: "zz") }
                    == "leaseExpired: Lease mismatch on /p/o (inode 0) owned by cl but is accessed by zz")
            #expect(
                await refusalText { () throws(HFSError) in try await ns.addBlock("/p/none") }
                    == "leaseExpired: No lease on /p/none (inode 0): File does not exist. Holder cl does not have any open files."
            )
            #expect(
                await refusalText { () throws(HFSError) in try await ns.addBlock("/p/f") }
                    == "leaseExpired: No lease on /p/f (inode 0): File is not open for writing. Holder cl does not have any open files."
            )
            #expect(
                await refusalText { () throws(HFSError) in try await ns.complete("/p/o", holder: "zz") }
                    == "leaseExpired: Lease mismatch on /p/o (inode 0) owned by cl but is accessed by zz")
            let sync = Fsync(caller: TestNamespace.root, path: try ns.path("/p"), holder: "cl")
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(sync) }
                    .hasPrefix("leaseExpired: No lease on /p (inode 0): INode is not a regular file."))
            // The old writer of a file that was overwritten has lost it.
            try await ns.create("/p/o", holder: "other", overwrite: true)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.addBlock("/p/o", holder: "cl") }
                    .hasPrefix("leaseExpired: Lease mismatch on /p/o"))
        }
    }

    @Test func addBlockRepeatedGivesTheSameBlock() async throws {
        try await TestNamespace.with { ns in
            try await ns.create("/f")
            var first = try await ns.addBlock("/f").block
            #expect(try await ns.addBlock("/f").block == first)
            first.length = 1 << 20
            let second = try await ns.addBlock("/f", previous: first)
            #expect(second.offset == 1 << 20)
            #expect(try await ns.addBlock("/f", previous: first).block == second.block)
            var wrong = first
            wrong.generationStamp = GenerationStamp(1)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.addBlock("/f", previous: wrong) }
                    .hasPrefix("io: Cannot allocate block in /f: passed 'previous' block"))
            #expect(try await ns.stat("/f")?.length == 1 << 20)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func completeClosesOnceAndRepeatsItsAnswer() async throws {
        try await TestNamespace.with { ns in
            try await ns.create("/f", replication: 2)
            var block = try await ns.addBlock("/f").block
            #expect(try await ns.complete("/f") == .result(false))
            block.length = 70
            #expect(try await ns.complete("/f", last: block) == .result(true))
            #expect(try await ns.complete("/f", last: block) == .result(true))
            #expect(await refusalText { () throws(HFSError) in try await ns.complete("/f") }.hasPrefix("leaseExpired"))
            #expect(try await ns.summary("/").spaceConsumed == 140)
            #expect(ns.namenode.leases.openFileCount == 0)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aBlockOfImpossibleLengthIsNotCommitted() async throws {
        try await TestNamespace.with { ns in
            try await ns.create("/f")
            var block = try await ns.addBlock("/f").block
            block.length = (1 << 20) + 1
            #expect(
                await refusalText { () throws(HFSError) in try await ns.complete("/f", last: block) }.hasPrefix(
                    "io: Commit block"))
            _ = try await ns.run(
                Fsync(caller: TestNamespace.root, path: ns.path("/f"), holder: "cl", lastBlockLength: 500))
            block.length = 499
            #expect(
                await refusalText { () throws(HFSError) in try await ns.complete("/f", last: block) }.hasPrefix(
                    "io: Commit block"))
            block.length = 500
            #expect(try await ns.complete("/f", last: block) == .result(true))
        }
    }

    @Test func syncedBytesAreSeenWhileTheFileIsOpen() async throws {
        try await TestNamespace.with { ns in
            try await ns.create("/f")
            let block = try await ns.addBlock("/f").block
            let question = GetBlockLocations(caller: TestNamespace.root, path: try ns.path("/f"))
            var located = BlockLocator(blocks: ns.namenode.blocks, poolID: "BP").located(
                try await ns.ask(question), for: BlockLocator.Reader(address: "127.0.0.1"))
            #expect(located.blocks.isEmpty && !located.isLastBlockComplete && located.lastBlock?.block.id == block.id)
            _ = try await ns.run(
                Fsync(caller: TestNamespace.root, path: ns.path("/f"), holder: "cl", lastBlockLength: 500))
            located = BlockLocator(blocks: ns.namenode.blocks, poolID: "BP").located(
                try await ns.ask(question), for: BlockLocator.Reader(address: "127.0.0.1"))
            #expect(located.fileLength == 500)
            #expect(located.blocks.map(\.block.length) == [500])
            #expect(located.isUnderConstruction && located.isLastBlockComplete)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func abandonedBlocksAreGone() async throws {
        try await TestNamespace.with { ns in
            try await ns.create("/f")
            let block = try await ns.addBlock("/f").block
            let abandon = AbandonBlock(
                caller: TestNamespace.root, path: try ns.path("/f"), holder: "cl", block: block.id)
            #expect(try await ns.run(abandon) == .empty)
            #expect(try await ns.run(abandon) == .empty)
            #expect(try await ns.addBlock("/f").block.id != block.id)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func appendBeginsANewBlock() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/f", [100])
            try await ns.mkdirs("/d")
            func append(_ text: String, _ holder: String) throws(HFSError) -> Append {
                Append(caller: TestNamespace.root, path: try ns.path(text), holder: holder)
            }
            guard case .appended(let status) = try await ns.run(append("/f", "w")) else {
                Issue.record("append names a block")
                return
            }
            #expect(status.length == 100)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(append("/f", "w2")) }
                    .hasPrefix("alreadyBeingCreated: Failed to APPEND_FILE /f for w2"))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(append("/d", "w")) }.hasPrefix(
                    "alreadyExists: "))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(append("/none", "w")) }.hasPrefix(
                    "fileNotFound: "))
            var block = try await ns.addBlock("/f", holder: "w")
            #expect(block.offset == 100)
            #expect(try await ns.addBlock("/f", holder: "w").block == block.block)
            block.block.length = 11
            #expect(try await ns.complete("/f", holder: "w", last: block.block) == .result(true))
            #expect(try await ns.stat("/f")?.length == 111)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aRebuiltPipelineTakesANewStamp() async throws {
        try await TestNamespace.with { ns in
            try await ns.create("/f")
            let old = try await ns.addBlock("/f").block
            let request = UpdateBlockForPipeline(caller: TestNamespace.root, holder: "cl", block: old)
            guard case .stamp(let new) = try await ns.run(request) else {
                Issue.record("no stamp")
                return
            }
            #expect(new.generationStamp > old.generationStamp)
            func update(_ holder: String, _ block: Block) -> UpdatePipeline {
                UpdatePipeline(
                    caller: TestNamespace.root, holder: holder, old: old, new: block,
                    locations: [BlockCluster.location(2)])
            }
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(update("zz", new)) }.hasPrefix(
                    "leaseExpired: "))
            var invented = new
            invented.generationStamp = GenerationStamp(1 << 40)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(update("cl", invented)) }.hasPrefix(
                    "io: Update "))
            #expect(try await ns.run(update("cl", new)) == .empty)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(update("cl", new)) }.hasPrefix(
                    "io: Update "))
            var last = old
            last.length = 9
            #expect(
                await refusalText { () throws(HFSError) in try await ns.complete("/f", last: last) }
                    .hasPrefix("io: Commit block with mismatching GS"))
            last = new
            last.length = 9
            #expect(try await ns.complete("/f", last: last) == .result(true))
        }
    }

    @Test func aWriterFollowsItsFileThroughARename() async throws {
        try await TestNamespace.with { ns in
            let inode = try await ns.create("/a/f")
            _ = try await ns.rename("/a", "/b")
            let body = try await ns.run(
                Complete(caller: TestNamespace.root, path: ns.path("/a/f"), inode: inode, holder: "cl"))
            #expect(body == .result(true))
            #expect(try await ns.stat("/b/f")?.inode == inode)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func replicationChangesFilesAndTheirBlocks() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/d/f", [100, 50])
            func set(_ text: String, _ count: Int) throws(HFSError) -> SetReplication {
                SetReplication(
                    caller: TestNamespace.root, rules: ns.namenode.rules, path: try ns.path(text), replication: count)
            }
            #expect(try await ns.run(set("/d/f", 3)) == .result(true))
            #expect(try await ns.summary("/d").spaceConsumed == 450)
            #expect(try await ns.run(set("/d", 3)) == .result(false))
            #expect(try await ns.run(set("/none", 3)) == .result(false))
            #expect(await refusalText { () throws(HFSError) in try await ns.run(set("/d/f", 0)) }.hasPrefix("io: "))
            #expect(try await ns.audit() == [])
        }
    }

    @Test func numbersThatNoCounterHoldsAreRefused() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/q")
            _ = try await ns.run(
                SetQuota(caller: TestNamespace.root, path: ns.path("/q"), namespaceQuota: 1000, spaceQuota: .max))
            try await ns.write("/q/f", [100])
            #expect(
                await refusalText { () throws(HFSError) in
                    try await ns.run(ns.creation("/q/g", blockSize: 1 << 63))
                }.hasPrefix("io: Specified block size is greater than the maximum"))
            #expect(
                await refusalText { () throws(HFSError) in
                    try await ns.run(ns.creation("/q/g", blockSize: Limits.blockBytesMax + 1))
                }.hasPrefix("io: Specified block size is greater than the maximum"))
            #expect(Quota.product(.max, 3) == .max && Quota.sum(.max, 1) == .max)
            let space = Quota.product(
                Int64(Limits.fileBlocksMax) * Int64(Limits.blockBytesMax), Int64(Limits.replicationMax))
            #expect(space < .max)
            // Files that say they are huge fill the namespace up to its bound, and then are refused, not the process ended.
            var text = ""
            for index in 0..<8200 where text.isEmpty || text == "done" {
                _ = try await ns.run(ns.creation("/h\(index)", replication: 512, blockSize: Limits.blockBytesMax))
                _ = try await ns.addBlock("/h\(index)")
                let sync = Fsync(
                    caller: TestNamespace.root, path: try ns.path("/h\(index)"), holder: "cl",
                    lastBlockLength: Limits.blockBytesMax)
                text = await refusalText { () throws(HFSError) in try await ns.run(sync) }
            }
            #expect(text.hasPrefix("spaceQuotaExceeded: The namespace holds at most"))
            let raise = SetReplication(
                caller: TestNamespace.root, rules: ns.namenode.rules, path: try ns.path("/h0"), replication: 1)
            #expect(try await ns.run(raise) == .result(true))
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aCallersContextIsCut() {
        #expect(Caller.cut("job_1") == "job_1")
        #expect(Caller.cut(String(repeating: "x", count: 1 << 20)).utf8.count == 128)
        #expect(Caller.cut(String(repeating: "x", count: 127) + "é").utf8.count == 127)
    }
}
