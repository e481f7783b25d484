import Core
import MetaStore
import Testing

@testable import NameNode

@Suite struct CursorTests {
    let bob = TestNamespace.user("bob", "staff")
    let alice = TestNamespace.user("alice")

    func set(
        _ namespace: TestNamespace, _ name: String, _ lsn: UInt64, as caller: Caller, create: Bool = true
    ) async -> String {
        await refusalText { () async throws(HFSError) in
            try await namespace.run(SetCursor(caller: caller, name: name, lsn: LSN(lsn), mayCreate: create))
        }
    }

    @Test func `a cursor is its maker's and superusers', and is known after a restart`() async throws {
        let directory = try TemporaryDirectory()
        try await TestNamespace.with(.shards(directory.path, count: 2)) { namespace in
            #expect(await set(namespace, "x", 1, as: bob, create: false).hasPrefix("fileNotFound"))
            #expect(await set(namespace, "x", 1, as: bob) == "done")
            let before = namespace.engine.publishedLSN
            #expect(await set(namespace, "x", 1, as: bob) == "done")
            #expect(namespace.engine.publishedLSN == before, "a cursor that stays writes nothing")
            #expect(await set(namespace, "x", 2, as: alice).hasPrefix("accessDenied"))
            #expect(await set(namespace, "x", 2, as: TestNamespace.root, create: false) == "done")
            #expect(await set(namespace, "a", 1, as: alice) == "done")
            let bobs = try await namespace.ask(ListCursors(caller: bob))
            #expect(bobs.map(\.name) == ["x"])
        }
        try await TestNamespace.with(.shards(directory.path, count: 2)) { namespace in
            let all = try await namespace.ask(ListCursors(caller: TestNamespace.root))
            #expect(all.map(\.name) == ["a", "x"])
            #expect(all.last?.row.lsn == LSN(2) && all.last?.row.owner == "bob")
            let foreign = await refusalText { () async throws(HFSError) in
                try await namespace.run(RemoveCursor(caller: alice, name: "x"))
            }
            #expect(foreign.hasPrefix("accessDenied"))
            #expect(try await namespace.run(RemoveCursor(caller: bob, name: "x")) == .result(true))
            #expect(try await namespace.run(RemoveCursor(caller: bob, name: "x")) == .result(false))
        }
    }

    @Test func `names are checked and a user has a bounded number`() async throws {
        for name in ["", "a/b", "ä", "a b", String(repeating: "n", count: 129)] {
            #expect(throws: HFSError.self) { try CursorRules.checkName(name) }
        }
        try CursorRules.checkName("Tailer-1_prov.enance")
        try await TestNamespace.with { namespace in
            for number in 0..<CursorRules.cursorsPerUserMax {
                #expect(await set(namespace, "b\(number)", 1, as: bob) == "done")
            }
            #expect(await set(namespace, "more", 1, as: bob).hasPrefix("invalidArgument: bob has 16 cursors"))
            #expect(await set(namespace, "b0", 2, as: bob) == "done")
            #expect(await set(namespace, "alices", 1, as: alice) == "done")
        }
    }
}
