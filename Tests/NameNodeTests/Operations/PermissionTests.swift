import Core
import MetaStore
import Testing

@testable import NameNode

@Suite struct PermissionTests {
    private let bob = TestNamespace.user("bob", "staff")
    private let alice = TestNamespace.user("alice")

    @Test func refusalsReadAsHDFSDoes() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/p/d")
            try await ns.write("/p/f")
            let denied = "accessDenied: Permission denied: user=bob, access="
            #expect(
                await refusalText { () throws(HFSError) in try await ns.stat("/p/f/x", as: bob) }
                    == denied + "EXECUTE, inode=\"/p/f/x\":root:supergroup:-rw-r--r--")
            #expect(
                await refusalText { () throws(HFSError) in try await ns.mkdirs("/p/bob", as: bob) }
                    == denied + "WRITE, inode=\"/p/bob\":root:supergroup:drwxr-xr-x")
            #expect(
                await refusalText { () throws(HFSError) in try await ns.create("/p/x", as: bob) }
                    == denied + "WRITE, inode=\"/p/x\":root:supergroup:drwxr-xr-x")
            let access = CheckAccess(caller: bob, path: try ns.path("/p"), access: .all)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.ask(access) }
                    == denied + "ALL, inode=\"/p\":root:supergroup:drwxr-xr-x")
            let notOwner = "accessDenied: Permission denied. user=bob is not the owner of inode=f"
            #expect(await refusalText { () throws(HFSError) in try await ns.chmod("/p/f", 0o777, as: bob) } == notOwner)
            #expect(await refusalText { () throws(HFSError) in try await ns.chown("/p/f", "bob", as: bob) } == notOwner)
            let quota = SetQuota(caller: bob, path: try ns.path("/p"), namespaceQuota: 5, spaceQuota: 5)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(quota) }
                    == "accessDenied: Access denied for user bob. Superuser privilege is required")
            #expect(try await ns.stat("/p/f/x") == nil)
        }
    }

    @Test func everyAncestorMustBeExecutable() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/a/b/c")
            try await ns.write("/a/b/c/f")
            try await ns.chmod("/a/b", 0o744)
            let denied = "accessDenied: Permission denied: user=bob, access=EXECUTE"
            #expect(
                await refusalText { () throws(HFSError) in try await ns.stat("/a/b/c/f", as: bob) }.hasPrefix(denied))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.names("/a/b/c", as: bob) }.hasPrefix(denied))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.delete("/a/b/c/f", as: bob) }.hasPrefix(denied))
            // Reading the directory itself needs no execute on it, listing it does.
            #expect(try await ns.stat("/a/b", as: bob) != nil)
            #expect(
                await refusalText { () throws(HFSError) in _ = try await ns.names("/a/b", as: bob) }
                    .hasPrefix("accessDenied: Permission denied: user=bob, access=READ_EXECUTE"))
        }
    }

    @Test func ownerGroupAndOtherAreTriedInThatOrderAndOnlyOneCounts() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/d", mode: 0o707)
            try await ns.chown("/d", "alice", "staff")
            func may(_ caller: Caller) async -> Bool {
                await refusalText { () throws(HFSError) in _ = try await ns.names("/d", as: caller) } == "done"
            }
            #expect(await may(alice))
            #expect(await !may(bob))
            #expect(await may(TestNamespace.user("eve")))
            try await ns.chmod("/d", 0o077, as: alice)
            #expect(await !may(alice))
            #expect(await may(bob))
        }
    }

    @Test func theStickyBitProtectsOthersFiles() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/tmp", mode: 0o1777)
            try await ns.write("/tmp/a", as: alice)
            try await ns.write("/tmp/b", as: bob)
            let text = "accessDenied: Permission denied by sticky bit setting: user=bob, inode=a"
            #expect(await refusalText { () throws(HFSError) in try await ns.delete("/tmp/a", as: bob) } == text)
            #expect(
                await refusalText { () throws(HFSError) in _ = try await ns.rename("/tmp/a", "/tmp/x", as: bob) }
                    == text)
            #expect(
                await refusalText { () throws(HFSError) in
                    try await ns.rename2("/tmp/b", "/tmp/a", overwrite: true, as: bob)
                } == text)
            #expect(try await ns.rename("/tmp/b", "/tmp/c", as: bob) == .result(true))
            #expect(try await ns.delete("/tmp/a", as: alice) == .result(true))
        }
    }

    @Test func recursiveDeleteNeedsRightsOnEveryDirectoryThatHoldsSomething() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/home", mode: 0o777)
            try await ns.mkdirs("/home/bob", as: bob)
            try await ns.mkdirs("/home/bob/sub")
            try await ns.write("/home/bob/sub/f")
            #expect(
                await refusalText { () throws(HFSError) in try await ns.delete("/home/bob", as: bob) }
                    == "accessDenied: Permission denied: user=bob, access=ALL, inode=\"/home/bob\":root:supergroup:drwxr-xr-x"
            )
            try await ns.delete("/home/bob/sub/f")
            #expect(try await ns.delete("/home/bob", as: bob) == .result(true))
            try await ns.settle()
            #expect(try await ns.audit() == [])
        }
    }

    @Test func ownersGiveTheirGroupsAndSuperusersGiveAnything() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/b", mode: 0o777)
            try await ns.write("/b/f", as: bob)
            // A new file has its directory's group.
            #expect(try await ns.stat("/b/f")?.group == "supergroup")
            try await ns.chown("/b/f", nil, "staff", as: bob)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.chown("/b/f", nil, "wheel", as: bob) }
                    == "accessDenied: User does not belong to wheel")
            #expect(
                await refusalText { () throws(HFSError) in try await ns.chown("/b/f", "alice", as: bob) }
                    == "accessDenied: Non-super user cannot change owner")
            try await ns.chown("/b/f", "alice", "wheel")
            let status = try #require(try await ns.stat("/b/f"))
            #expect((status.owner, status.group) == ("alice", "wheel"))
        }
    }
}
