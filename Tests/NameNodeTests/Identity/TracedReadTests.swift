import Core
import MetaStore
import Testing

@testable import NameNode

@Suite("Traced reads")
struct TracedReadTests {
    static let alice = TracedRun.alice

    @Test("reads go ahead of the run's next change, once a generation of a file")
    func ahead() async throws {
        let lines = try await TracedRun.withTree { ns, caller in
            for _ in 0..<3 { try await TracedRun.open(ns, "/d/a", as: caller) }
            try await TracedRun.open(ns, "/d/b", as: caller)
            try await ns.mkdirs("/d/x", as: caller)
            try await TracedRun.open(ns, "/d/a", as: caller)
            try await ns.mkdirs("/d/y", as: caller)
            ns.clock.advance(byMs: 10)
            try await ns.delete("/d/a")
            try await ns.write("/d/a")
            try await TracedRun.open(ns, "/d/a", as: caller)
            try await ns.mkdirs("/d/z", as: caller)
        }
        #expect(lines == ["opened /d/a, opened /d/b, mkdir /d/x", "mkdir /d/y", "opened /d/a, mkdir /d/z"])
    }

    @Test("a refused or empty change carries nothing; the end of the run carries the rest")
    func rest() async throws {
        let lines = try await TracedRun.withTree { ns, caller in
            try await TracedRun.open(ns, "/d/a", as: caller)
            try await ns.mkdirs("/d", as: caller)
            let refused = await refusalText { () async throws(HFSError) in
                try await ns.mkdirs("/d/a/x", as: caller)
            }
            #expect(refused != "done")
            let id = try #require(caller.run)
            // Ended by another connection of the same user, which acts for no run.
            _ = try await ns.run(EndRun(caller: Self.alice, id: id, state: .finished, exitCode: 0))
        }
        #expect(lines == ["opened /d/a, runEnded "])
    }

    @Test("a run that has ended changes nothing any more, whatever was checked before")
    func fence() async throws {
        let lines = try await TracedRun.withTree { ns, caller in
            let id = try #require(caller.run)
            _ = try await ns.run(EndRun(caller: Self.alice, id: id, state: .killed))
            let refused = await refusalText { () async throws(HFSError) in try await ns.mkdirs("/d/x", as: caller) }
            #expect(refused == "invalidToken: \(id) of alice has ended")
            #expect(try await ns.stat("/d/x") == nil)
        }
        #expect(lines == ["runEnded "])
    }

    @Test("the nearest directory with a policy decides", arguments: ["none", "writes", "all"], [false, true])
    func policy(value: String, isSuperuser: Bool) async throws {
        let lines = try await TracedRun.withTree { ns, caller in
            var caller = caller
            caller.isSuperuser = isSuperuser
            try await ns.mkdirs("/d/e/f", mode: 0o777)
            try await ns.write("/d/e/f/g")
            for (path, value) in [("/d", "none"), ("/d/e", value)] {
                _ = try await ns.run(
                    SetXAttr(
                        caller: TestNamespace.root, path: try ns.path(path),
                        attribute: ExtendedAttribute(namespace: .user, name: "hfs.trace", value: Array(value.utf8)),
                        mayCreate: true, mayReplace: true))
            }
            try await TracedRun.open(ns, "/d/e/f/g", as: caller)
            try await TracedRun.open(ns, "/d/a", as: caller)
            try await ns.mkdirs("/d/x", as: caller)
        }
        #expect(lines == [value == "all" ? "opened /d/e/f/g, mkdir /d/x" : "mkdir /d/x"])
    }

    @Test("a run that only reads is told in records of its own, each read once")
    func manyReads() async throws {
        let count = TracedReads.Bounds().recordEvents * 2 + 1
        let lines = try await TracedRun.withTree { ns, caller in
            for index in 0..<count {
                ns.namenode.writer.opened(
                    NamespaceEvent(
                        .opened, inode: InodeID(UInt64(1000 + index)), parent: .root, path: "/f\(index)",
                        change: .content(length: 1, modifiedMs: 1, checksum: nil)), by: caller)
            }
            try await ns.settle()
            let id = try #require(caller.run)
            _ = try await ns.run(EndRun(caller: Self.alice, id: id, state: .finished))
        }
        let paths = lines.flatMap { $0.split(separator: ", ") }.filter { $0.hasPrefix("opened") }
        #expect(paths.count == count && Set(paths).count == count)
        #expect(lines.count >= 2)
    }

    @Test("a caller without a run leaves no trace of reading")
    func withoutRun() async throws {
        let lines = try await TracedRun.withTree { ns, _ in
            let layout = try await ns.ask(GetBlockLocations(caller: Self.alice, path: ns.path("/d/a")))
            #expect(layout.opened == nil)
        }
        #expect(lines == [])
    }
}
