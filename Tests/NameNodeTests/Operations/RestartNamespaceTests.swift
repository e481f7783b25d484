import Core
import MetaStore
import Testing

@testable import NameNode

/// What a namenode knows after it was stopped and started again on the same shards.
@Suite struct RestartNamespaceTests {
    @Test(arguments: [1, 4]) func everythingThatWasAnsweredIsThereAgain(shards: Int) async throws {
        let directory = try TemporaryDirectory()
        let store = TestNamespace.Store.shards(directory.path, count: shards)
        var inode = InodeID(0)
        try await TestNamespace.with(store) { ns in
            try await ns.write("/a/b/f", [100, 200], replication: 2)
            inode = try await ns.create("/a/open", holder: "writer")
            try await ns.addBlock("/a/open", holder: "writer")
            for index in 0..<200 { try await ns.write("/gone/d\(index % 5)/f\(index)") }
            try await ns.delete("/gone")
        }
        try await TestNamespace.with(store) { ns in
            let status = try #require(try await ns.stat("/a/b/f"))
            #expect((status.length, status.replication) == (300, 2))
            #expect(try await ns.stat("/gone") == nil)
            #expect(ns.namenode.leases.openFiles(of: "writer") == 1)
            #expect(try await ns.names("/") == ["a"])
            // What the last delete left is freed now.
            try await ns.settle()
            #expect(try await ns.audit() == [])
            #expect(try await ns.create("/new") > inode)
            try await ns.addBlock("/a/open", holder: "writer")
        }
        try await TestNamespace.with(store) { ns in
            try await ns.settle()
            #expect(try await ns.summary("/").fileCount == 3)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aRecoveryThatTheRestartInterruptedBeginsAgain() async throws {
        let directory = try TemporaryDirectory()
        let store = TestNamespace.Store.shards(directory.path, count: 2)
        func lease(_ ns: TestNamespace) async throws -> LeaseRow {
            let inode = try #require(try await ns.stat("/f")).inode
            return try #require(
                try await ns.namenode.writer.read { view throws(PlanInterrupt) in try view.lease(inode) })
        }
        var before: UInt64 = 0
        try await TestNamespace.with(store) { ns in
            try await ns.create("/f")
            try await ns.addBlock("/f")
            _ = try await ns.run(RecoverLease(caller: TestNamespace.root, target: .path(ns.path("/f"))))
            before = try await lease(ns).recoveryStamp
        }
        try await TestNamespace.with(store) { ns in
            try await ns.settle()
            let now = try await lease(ns)
            #expect(now.holder == LeaseRow.namenodeHolder)
            #expect(now.recoveryStamp > before)
        }
    }

    @Test func inspectorsTellOfInodesAndBlocks() async throws {
        let directory = try TemporaryDirectory()
        try await TestNamespace.with(.shards(directory.path, count: 3)) { ns in
            try await ns.write("/a/f", [100])
            let inode = try #require(try await ns.stat("/a/f")).inode
            _ = try await ns.dump()
            let inspector = try NamespaceInspector(directory: directory.path)
            let report = try inspector.inode("/a/f")
            #expect(report.inode == inode.rawValue)
            #expect(report.path == "/a/f")
            #expect(report.lengthBytes == 100)
            #expect(try inspector.inode("\(inode)") == report)
            let block = try inspector.block("blk_\(try #require(report.blocks.first))")
            #expect((block.path, block.lengthBytes, block.state) == ("/a/f", 100, "committed"))
            #expect(try inspector.inode("/a").kind == "directory")
            #expect(report.text.contains("owner root") && block.text.contains("path /a/f"))
            #expect(throws: HFSError.self) { try inspector.inode("/none") }
            #expect(throws: HFSError.self) { try inspector.block("7") }
        }
    }
}
