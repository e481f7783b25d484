import Core
import MetaStore
import Testing

@testable import NameNode

@Suite struct LeaseTests {
    @Test func aTableTellsWhoIsSilent() {
        var table = LeaseTable()
        table.open(InodeID(2), holder: "a", nowMs: 0)
        table.open(InodeID(1), holder: "a", nowMs: 10)
        table.open(InodeID(3), holder: "b", nowMs: 50)
        #expect(table.expiredHolders(nowMs: 110, limitMs: 100).isEmpty)
        #expect(table.expiredHolders(nowMs: 111, limitMs: 100) == ["a"])
        table.renew("a", nowMs: 111)
        #expect(table.expiredHolders(nowMs: 151, limitMs: 100) == ["b"])
        let expired = table.takeExpired(nowMs: 300, limitMs: 100)
        #expect(expired.map(\.inode.rawValue) == [1, 2, 3])
        #expect(table.takeExpired(nowMs: 300, limitMs: 100).isEmpty)
        table.close(InodeID(1))
        table.close(InodeID(2))
        #expect(table.openFiles(of: "a") == 0)
        #expect(table.fileCount == 1)
    }

    @Test func aSilentWriterLosesItsFileAfterTheHardLimit() async throws {
        try await TestNamespace.with { ns in
            try await ns.create("/empty", holder: "dead")
            try await ns.create("/kept", holder: "alive")
            for _ in 0..<4 {
                ns.clock.advance(byMs: Limits.leaseHardLimitMs / 3)
                ns.namenode.leases.renew("alive")
                ns.namenode.tick()
            }
            try await ns.settle()
            #expect(
                try await ns.ask(GetFile(caller: TestNamespace.root, path: ns.path("/empty"))).isUnderConstruction
                    == false)
            #expect(try await ns.ask(GetFile(caller: TestNamespace.root, path: ns.path("/kept"))).isUnderConstruction)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func recoverLeaseIsTrueWhenNothingIsOpenAndFalseWhileABlockIs() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/closed")
            try await ns.create("/blockless")
            try await ns.create("/open")
            let block = try await ns.addBlock("/open").block
            func recover(_ text: String) throws(HFSError) -> RecoverLease {
                RecoverLease(caller: TestNamespace.root, target: .path(try ns.path(text)))
            }
            #expect(try await ns.run(recover("/closed")) == .result(true))
            #expect(try await ns.run(recover("/blockless")) == .result(true))
            #expect(try await ns.run(recover("/open")) == .result(false))
            #expect(try await ns.run(recover("/open")) == .result(false))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.addBlock("/open", previous: block) }
                    .hasPrefix("leaseExpired: Lease mismatch on /open (inode 0) owned by HDFS_NameNode"))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(recover("/none")) }.hasPrefix(
                    "fileNotFound"))
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aRecoveredBlockClosesItsFileWithWhatTheReplicasHave() async throws {
        try await TestNamespace.with { ns in
            try await ns.create("/f")
            let block = try await ns.addBlock("/f").block
            _ = try await ns.run(
                Fsync(caller: TestNamespace.root, path: ns.path("/f"), holder: "cl", lastBlockLength: 100))
            _ = try await ns.run(RecoverLease(caller: TestNamespace.root, target: .path(ns.path("/f"))))
            let inode = try #require(try await ns.stat("/f")).inode
            let lease = try #require(
                try await ns.namenode.writer.read { view throws(PlanInterrupt) in try view.lease(inode) })
            func commit(_ stamp: UInt64, _ length: UInt64, delete: Bool = false) -> CommitRecovery {
                CommitRecovery(
                    caller: TestNamespace.root, block: block.id, newStamp: GenerationStamp(stamp), length: length,
                    deleteBlock: delete)
            }
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(commit(lease.recoveryStamp - 1, 200)) }
                    .hasPrefix("io: The recovery id"))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(commit(lease.recoveryStamp, 99)) }
                    .hasPrefix("io: Recovery of \(block.id) found 99 bytes, 100 were synced"))
            #expect(
                await refusalText { () throws(HFSError) in
                    try await ns.run(commit(lease.recoveryStamp, 0, delete: true))
                }
                .hasSuffix("cannot be dropped"))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(commit(lease.recoveryStamp, (1 << 20) + 1))
                }
                .hasPrefix("io: Recovery of \(block.id) found"))
            #expect(try await ns.run(commit(lease.recoveryStamp, 150)) == .result(true))
            #expect(try await ns.run(commit(lease.recoveryStamp, 150)) == .result(false))
            #expect(try await ns.stat("/f")?.length == 150)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aBlockThatNoReplicaHasGoesWithItsRecovery() async throws {
        try await TestNamespace.with { ns in
            try await ns.create("/f")
            let block = try await ns.addBlock("/f").block
            _ = try await ns.run(RecoverLease(caller: TestNamespace.root, target: .path(ns.path("/f"))))
            let commit = CommitRecovery(
                caller: TestNamespace.root, block: block.id, newStamp: block.generationStamp, length: 0,
                deleteBlock: true,
                heard: ["node-1", "node-2"])
            var early = commit
            early.heard = ["node-2"]
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(early) }
                    .hasSuffix("datanodes [\"node-1\"] were not heard"))
            #expect(try await ns.run(commit) == .result(true))
            #expect(try await ns.ask(GetFile(caller: TestNamespace.root, path: ns.path("/f"))).blockCount == 0)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aSuperuserClosesAFileWithoutTheBlockThatIsOutOfReach() async throws {
        try await TestNamespace.with { ns in
            try await ns.create("/f")
            var first = try await ns.addBlock("/f").block
            first.length = 70
            let last = try await ns.addBlock("/f", previous: first).block
            _ = try await ns.run(
                Fsync(caller: TestNamespace.root, path: ns.path("/f"), holder: "cl", lastBlockLength: 30))
            #expect(try await ns.stat("/f")?.length == 100)
            func drop(_ caller: Caller = TestNamespace.root, isOutOfReach: Bool = true) throws(HFSError)
                -> DropLastBlock
            {
                DropLastBlock(caller: caller, path: try ns.path("/f")) { block in
                    #expect(block.id == last.id)
                    return RecoveryStanding(waitsFor: "a datanode is asked", isOutOfReach: isOutOfReach)
                }
            }
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(drop()) }
                    == "invalidArgument: No block of /f is under recovery: recover its lease first")
            _ = try await ns.run(RecoverLease(caller: TestNamespace.root, target: .path(ns.path("/f"))))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(drop(TestNamespace.user("bob"))) }
                    .hasPrefix("accessDenied"))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(drop(isOutOfReach: false)) }
                    == "recoveryInProgress: \(last.id) of /f is not out of reach: a datanode is asked")
            #expect(try await ns.run(drop()) == .result(true))
            #expect(try await ns.run(drop()) == .result(true))
            let file = try await ns.ask(GetFile(caller: TestNamespace.root, path: ns.path("/f")))
            #expect(!file.isUnderConstruction && file.blockCount == 1 && file.length == 70)
            #expect(try await ns.summary("/").length == 70)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func anotherWriterTakesOverAfterTheSoftLimit() async throws {
        try await TestNamespace.with { ns in
            try await ns.create("/f", holder: "dead")
            ns.clock.advance(byMs: Limits.leaseSoftLimitMs + 1)
            #expect(ns.namenode.leases.softExpired.isEmpty)
            ns.namenode.tick()
            #expect(ns.namenode.leases.softExpired == ["dead"])
            var append = Append(caller: TestNamespace.root, path: try ns.path("/f"), holder: "new")
            append.expiredHolders = ns.namenode.leases.softExpired
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(append) }
                    .hasPrefix("recoveryInProgress: Failed to APPEND_FILE /f for new"))
            ns.namenode.leases.renew("dead")
            #expect(ns.namenode.leases.softExpired.isEmpty)
        }
    }

    @Test func aTakeoverLeavesAloneWhoCameInBetweenAndWhoIsBack() async throws {
        try await TestNamespace.with { ns in
            let inode = try await ns.create("/f", holder: "live")
            func takeOver(_ holder: String) async -> Bool {
                await withCheckedContinuation { done in
                    ns.namenode.recovery.takeOver(inode, holder: holder) { done.resume(returning: $0) }
                }
            }
            #expect(await takeOver("dead"), "the file is not in that writer's hands any more")
            #expect(try await ns.ask(GetFile(caller: TestNamespace.root, path: ns.path("/f"))).isUnderConstruction)
            _ = await takeOver("live")
            #expect(try await ns.ask(GetFile(caller: TestNamespace.root, path: ns.path("/f"))).isUnderConstruction)
            ns.clock.advance(byMs: Limits.leaseSoftLimitMs + 1)
            ns.namenode.tick()
            #expect(await takeOver("live"))
            #expect(
                try await ns.ask(GetFile(caller: TestNamespace.root, path: ns.path("/f"))).isUnderConstruction == false)
        }
    }
}
