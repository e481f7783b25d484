import Core
import MetaStore
import Testing

@testable import NameNode

/// What may still be done at and below a published directory, operation by operation. No exception for superusers.
@Suite struct SealTests {
    private static let root = "/Projects/p/Models/m/1"
    private let ada = TestNamespace.user("ada")
    private let bob = TestNamespace.user("bob")

    /// ada's published directory; its parents are open to everybody.
    private func published(_ ns: TestNamespace) async throws {
        try await ns.mkdirs("/Projects/p/Models/m", mode: 0o777)
        for path in ["/Projects", "/Projects/p", "/Projects/p/Models", "/Projects/p/Models/m"] {
            try await ns.chmod(path, 0o777)
        }
        try await ns.mkdirs("/Projects/p/tmp", mode: 0o777)
        try await ns.write("/Projects/p/tmp/f", [10], as: ada)
        try await ns.write("/Projects/p/s/f", [10], as: ada)
        try await ns.write("/Projects/p/s/d/g", as: ada)
        try await ns.mkdirs("/Projects/p/s/d/empty", as: ada)
        #expect(try await ns.publish("/Projects/p/s", "/Projects/p/Models/m", as: ada) == Self.root)
    }

    @Test func contentsAndNamesDoNotChange() async throws {
        try await TestNamespace.with { ns in
            try await published(ns)
            let before = try await ns.dump().rows.count
            let (root, outside) = (Self.root, "/Projects/p/tmp")
            for caller in [ada, TestNamespace.root] {
                func sealed(_ what: String, _ body: () async throws(HFSError) -> Void) async {
                    let text = await refusalText(body)
                    #expect(
                        text.hasPrefix("accessDenied: Permission denied: \(root) is published"), "\(what): \(text)")
                }
                for path in ["\(root)/new", "\(root)/d/new", "\(root)/d/x/y/new"] {
                    await sealed("create") { () throws(HFSError) in try await ns.create(path, as: caller) }
                    await sealed("mkdirs") { () throws(HFSError) in try await ns.mkdirs(path, as: caller) }
                    await sealed("rename in") { () throws(HFSError) in
                        _ = try await ns.rename("\(outside)/f", path, as: caller)
                    }
                    await sealed("rename2 in") { () throws(HFSError) in
                        try await ns.rename2("\(outside)/f", path, as: caller)
                    }
                    await sealed("publish into") { () throws(HFSError) in
                        try await ns.publish("\(outside)", path, as: TestNamespace.root)
                    }
                }
                await sealed("rename into") { () throws(HFSError) in
                    _ = try await ns.rename("\(outside)/f", root, as: caller)
                }
                await sealed("overwrite") { () throws(HFSError) in
                    try await ns.create("\(root)/f", as: caller, overwrite: true)
                }
                await sealed("rename over") { () throws(HFSError) in
                    try await ns.rename2("\(outside)/f", "\(root)/f", overwrite: true, as: caller)
                }
                await sealed("append") { () throws(HFSError) in
                    _ = try await ns.run(Append(caller: caller, path: ns.path("\(root)/f"), holder: "w"))
                }
                await sealed("recoverLease") { () throws(HFSError) in
                    _ = try await ns.run(RecoverLease(caller: caller, target: .path(ns.path("\(root)/f"))))
                }
                for path in ["\(root)/f", "\(root)/d", "\(root)/d/g", "\(root)/d/empty"] {
                    await sealed("delete") { () throws(HFSError) in try await ns.delete(path, as: caller) }
                    await sealed("rename out") { () throws(HFSError) in
                        _ = try await ns.rename(path, "\(outside)/out", as: caller)
                    }
                    await sealed("rename within") { () throws(HFSError) in
                        try await ns.rename2(path, "\(root)/z", as: caller)
                    }
                    await sealed("publish out") { () throws(HFSError) in
                        try await ns.publish(path, "\(outside)/out", as: TestNamespace.root)
                    }
                    await sealed("hfs.artifact") { () throws(HFSError) in
                        try await ns.set(path, "hfs.artifact", "log", as: caller)
                    }
                }
                for path in [root, "\(root)/f", "\(root)/d"] {
                    await sealed("setTimes") { () throws(HFSError) in
                        _ = try await ns.run(
                            SetTimes(caller: caller, path: ns.path(path), modifiedMs: 1, accessedMs: 1))
                    }
                }
                await sealed("hfs.trace") { () throws(HFSError) in
                    try await ns.set("\(root)/d", "hfs.trace", "all", as: caller)
                }
                await sealed("remove hfs") { () throws(HFSError) in
                    try await ns.unset(root, "hfs.artifact", as: caller)
                }
            }
            #expect(try await ns.dump().rows.count == before)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func whatIsToldAboutItMayChange() async throws {
        try await TestNamespace.with { ns in
            try await published(ns)
            let path = "\(Self.root)/f"
            try await ns.set(path, "ml.note", "good", as: ada)
            try await ns.set(Self.root, "user.note", "good", as: ada)
            try await ns.compareAndSet(Self.root, "ml.stage", from: nil, to: "production", as: ada)
            try await ns.unset(path, "ml.note", as: ada)
            try await ns.chmod(path, 0o600, as: ada)
            try await ns.chmod(Self.root, 0o700, as: ada)
            _ = try await ns.run(
                SetReplication(caller: ada, rules: ns.namenode.rules, path: ns.path(path), replication: 2))
            _ = try await ns.run(ChangeAcl(caller: ada, path: ns.path(path), change: .removeAll))
            try await ns.chown(path, nil, "staff")
            #expect(try await ns.mkdirs("\(Self.root)/d", as: ada) == .result(true))
            #expect(try await ns.audit() == [])
        }
    }

    /// Who reads it and how it is kept goes by the rights that hold everywhere; what it holds and when that was written stays.
    @Test func aSealTakesNoRightsAndGivesNone() async throws {
        try await TestNamespace.with { ns in
            try await published(ns)
            let path = "\(Self.root)/f"
            try await ns.chmod(path, 0o664, as: ada)
            try await ns.chown(path, nil, "staff")
            let carol = TestNamespace.user("carol", "staff")
            let before = try #require(try await ns.stat(path))
            func setReplication(_ count: Int, as caller: Caller) async throws(HFSError) {
                _ = try await ns.run(
                    SetReplication(caller: caller, rules: ns.namenode.rules, path: ns.path(path), replication: count))
            }
            // Who may write it elsewhere may tell about it and say how many copies there are; rights are the owner's.
            try await setReplication(3, as: carol)
            try await ns.set(path, "ml.note", "good", as: carol)
            for (what, body) in [
                ("chmod", { () async throws(HFSError) in try await ns.chmod(path, 0o666, as: carol) }),
                ("setrep", { () async throws(HFSError) in try await setReplication(1, as: self.bob) }),
                ("xattr", { () async throws(HFSError) in try await ns.set(path, "ml.note", "bad", as: self.bob) }),
            ] as [(String, () async throws(HFSError) -> Void)] {
                #expect(await refusalText(body).hasPrefix("accessDenied: Permission denied"), "\(what)")
            }
            let text = await refusalText { () throws(HFSError) in
                _ = try await ns.run(Append(caller: carol, path: ns.path(path), holder: "w"))
            }
            #expect(text.hasPrefix("accessDenied: Permission denied: \(Self.root) is published"))
            let after = try #require(try await ns.stat(path))
            #expect(after.replication == 3)
            #expect(
                after.modifiedMs == before.modifiedMs && after.length == before.length && after.inode == before.inode)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func theOwnerMovesOrRemovesTheWhole() async throws {
        try await TestNamespace.with { ns in
            try await published(ns)
            for caller in [bob] {
                #expect(
                    await refusalText { () throws(HFSError) in try await ns.delete(Self.root, as: caller) }
                        .contains("only its owner may"))
                #expect(
                    await refusalText { () throws(HFSError) in
                        _ = try await ns.rename(Self.root, "/Projects/p/tmp/m", as: caller)
                    }.contains("only its owner may"))
            }
            _ = try await ns.rename(Self.root, "/Projects/p/tmp/m", as: ada)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.delete("/Projects/p/tmp/m/f", as: ada) }
                    .hasPrefix("accessDenied: Permission denied: /Projects/p/tmp/m is published"))
            try await ns.delete("/Projects/p/tmp/m", as: ada)
            try await ns.settle()
            #expect(try await ns.stat("/Projects/p/tmp/m") == nil)
            #expect(try await ns.audit() == [])
        }
    }
}
