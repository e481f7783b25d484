import Core
import MetaStore
import Testing

@testable import NameNode

@Suite struct AclTests {
    /// `user:bob:rw-`, `default:group::r-x`, `mask::r--`.
    private static func entry(_ text: String) -> AclEntry {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let isDefault = parts[0] == "default"
        if isDefault { parts.removeFirst() }
        let kinds: [String: AclEntry.Kind] = ["user": .user, "group": .group, "mask": .mask, "other": .other]
        var access = AccessMode()
        if parts[2].contains("r") { access.insert(.read) }
        if parts[2].contains("w") { access.insert(.write) }
        if parts[2].contains("x") { access.insert(.execute) }
        return AclEntry(
            kind: kinds[parts[0]] ?? .other, scope: isDefault ? .default : .access, permissions: access,
            name: parts[1].isEmpty ? nil : parts[1])
    }

    private static func acl(_ texts: String...) -> [AclEntry] { texts.map(entry) }

    private func text(_ entries: [AclEntry]) -> [String] {
        entries.map { "\($0.scope == .default ? "default:" : "")\($0.kind):\($0.name ?? ""):\($0.permissions)" }
    }

    private func change(
        _ ns: TestNamespace, _ path: String, _ change: ChangeAcl.Change, as caller: Caller = TestNamespace.root
    ) async throws(HFSError) {
        _ = try await ns.run(ChangeAcl(caller: caller, path: ns.path(path), change: change))
    }

    private func status(_ ns: TestNamespace, _ path: String) async throws(HFSError) -> (FileMode, [String]) {
        let status = try await ns.ask(GetAclStatus(caller: TestNamespace.root, path: ns.path(path)))
        return (status.mode, text(status.entries))
    }

    @Test func namedEntriesBringAMaskThatTheModeShows() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/f")
            try await change(ns, "/f", .modify(Self.acl("user:bob:rw-", "group:staff:r-x")))
            let (mode, entries) = try await status(ns, "/f")
            #expect(mode == FileMode(0o674))
            #expect(entries == ["user:bob:rw-", "group::r--", "group:staff:r-x"])
            #expect(try await ns.stat("/f")?.hasACL == true)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func theMaskLimitsNamedEntriesAndGroups() async throws {
        try await TestNamespace.with { ns in
            let bob = TestNamespace.user("bob", "staff")
            try await ns.write("/f")
            try await ns.chmod("/f", 0o600)
            func may(_ access: AccessMode) async -> Bool {
                await refusalText { () throws(HFSError) in
                    try await ns.ask(CheckAccess(caller: bob, path: ns.path("/f"), access: access))
                } == "done"
            }
            #expect(await !may(.read))
            try await change(ns, "/f", .modify(Self.acl("user:bob:rw-")))
            #expect(await may([.read, .write]))
            try await ns.chmod("/f", 0o640)
            #expect(await may(.read))
            #expect(await !may(.write))
            try await change(ns, "/f", .remove(Self.acl("user:bob:---")))
            #expect(await !may(.read))
            try await change(ns, "/f", .modify(Self.acl("group:staff:r--", "group:none:rwx", "other::---")))
            #expect(await may(.read))
            #expect(await !may(.write))
        }
    }

    @Test func removingTheListGivesTheGroupItsOwnRightsBack() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/f")
            try await ns.chmod("/f", 0o640)
            try await change(ns, "/f", .modify(Self.acl("user:bob:rwx")))
            #expect(try await status(ns, "/f").0 == FileMode(0o670))
            try await change(ns, "/f", .removeAll)
            let (mode, entries) = try await status(ns, "/f")
            #expect(mode == FileMode(0o640))
            #expect(entries == [])
            #expect(try await ns.stat("/f")?.hasACL == false)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func defaultsAreInheritedThroughTheMode() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/d")
            try await change(ns, "/d", .modify(Self.acl("default:user:bob:rwx")))
            #expect(
                try await status(ns, "/d").1
                    == [
                        "default:user::rwx", "default:user:bob:rwx", "default:group::r-x", "default:mask::rwx",
                        "default:other::r-x",
                    ])
            try await ns.mkdirs("/d/sub", mode: 0o750)
            let sub = try await status(ns, "/d/sub")
            #expect(sub.0 == FileMode(0o750))
            #expect(sub.1.prefix(2) == ["user:bob:rwx", "group::r-x"])
            #expect(sub.1.count == 7)
            try await ns.write("/d/f")
            let file = try await status(ns, "/d/f")
            #expect(file.0 == FileMode(0o644))
            #expect(file.1 == ["user:bob:rwx", "group::r-x"])
            // The mode as asked, not the one with the umask applied, counts where there are defaults.
            let asked = Mkdirs(
                caller: TestNamespace.root, path: try ns.path("/d/wide"), mode: FileMode(0o700),
                unmasked: FileMode(0o777), createParent: true)
            _ = try await ns.run(asked)
            #expect(try await status(ns, "/d/wide").0 == FileMode(0o775))
            try await change(ns, "/d", .removeDefaults)
            #expect(try await status(ns, "/d").1 == [])
            #expect(try await ns.audit() == [])
        }
    }

    @Test func badListsAreRefused() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/f")
            try await change(ns, "/f", .modify(Self.acl("user:bob:rwx")))
            let cases: [(ChangeAcl.Change, String)] = [
                (.replace(Self.acl("user::rwx", "group::r--")), "the user, group and other entries are required."),
                (.modify(Self.acl("user:a:r--", "user:a:rw-")), "multiple entries with same scope, type and name."),
                (.remove(Self.acl("mask::---")), "mask is required and cannot be deleted."),
                (.modify(Self.acl("default:user:bob:r--")), "only directories may have a default ACL. Path: /f"),
                (
                    .modify((0..<32).map { Self.entry("user:u\($0):r--") }),
                    "ACL has 37 access entries, which exceeds maximum of 32."
                ),
            ]
            for (wrong, text) in cases {
                #expect(
                    await refusalText { () throws(HFSError) in try await change(ns, "/f", wrong) }
                        == "aclInvalid: Invalid ACL: \(text)")
            }
            #expect(
                await refusalText { () throws(HFSError) in
                    try await change(ns, "/f", .removeAll, as: TestNamespace.user("bob"))
                } == "accessDenied: Permission denied. user=bob is not the owner of inode=f")
        }
    }

    @Test func setReplacesOnlyTheScopesItNames() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/d")
            try await change(ns, "/d", .modify(Self.acl("user:bob:rwx", "default:user:eve:r-x")))
            try await change(ns, "/d", .replace(Self.acl("user::rwx", "group::r-x", "other::---")))
            let (mode, entries) = try await status(ns, "/d")
            #expect(mode == FileMode(0o750))
            #expect(entries.count == 5)
            #expect(entries.allSatisfy { $0.hasPrefix("default:") })
        }
    }
}
