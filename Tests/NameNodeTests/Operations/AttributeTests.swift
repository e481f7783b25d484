import Core
import MetaStore
import Testing

@testable import NameNode

@Suite struct AttributeTests {
    private let bob = TestNamespace.user("bob")

    private func set(
        _ ns: TestNamespace, _ path: String, _ name: String, _ value: String = "1", create: Bool = true,
        replace: Bool = true, namespace: ExtendedAttribute.Namespace = .user, as caller: Caller = TestNamespace.root
    ) async throws(HFSError) {
        _ = try await ns.run(
            SetXAttr(
                caller: caller, path: ns.path(path),
                attribute: ExtendedAttribute(namespace: namespace, name: name, value: Array(value.utf8)),
                mayCreate: create, mayReplace: replace))
    }

    private func get(
        _ ns: TestNamespace, _ path: String, _ names: [String] = [], as caller: Caller = TestNamespace.root
    ) async throws(HFSError) -> [String] {
        let wanted = names.map { ExtendedAttribute(namespace: .user, name: $0, value: []) }
        return try await ns.ask(GetXAttrs(caller: caller, path: ns.path(path), wanted: wanted))
            .map { "\($0.fullName)=\(String(decoding: $0.value, as: UTF8.self))" }
    }

    @Test func attributesAreSetReplacedAndRemovedByTheirFlags() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/f")
            try await set(ns, "/f", "zz", replace: false)
            #expect(
                await refusalText { () throws(HFSError) in try await set(ns, "/f", "zz", replace: false) }
                    == "io: XAttr: zz already exists. The REPLACE flag must be specified.")
            #expect(
                await refusalText { () throws(HFSError) in try await set(ns, "/f", "yy", create: false) }
                    == "io: XAttr: yy does not exist. The CREATE flag must be specified.")
            #expect(
                await refusalText { () throws(HFSError) in
                    try await set(ns, "/f", "yy", create: false, replace: false)
                } == "invalidArgument: A flag must be specified.")
            try await set(ns, "/f", "zz", "2")
            try await set(ns, "/f", "aa", "3")
            #expect(try await get(ns, "/f") == ["user.aa=3", "user.zz=2"])
            #expect(try await get(ns, "/f", ["zz"]) == ["user.zz=2"])
            #expect(
                await refusalText { () throws(HFSError) in _ = try await get(ns, "/f", ["no"]) }
                    == "xattrNotFound: At least one of the attributes provided was not found.")
            func remove(_ name: String) throws(HFSError) -> RemoveXAttr {
                RemoveXAttr(
                    caller: TestNamespace.root, path: try ns.path("/f"),
                    attribute: ExtendedAttribute(namespace: .user, name: name, value: []))
            }
            _ = try await ns.run(remove("zz"))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(remove("zz")) }
                    == "xattrNotFound: No matching attributes found for remove operation")
            #expect(try await ns.audit() == [])
            try await ns.delete("/f")
            #expect(try await ns.audit() == [])
        }
    }

    @Test func attributesHaveLimits() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/d")
            for index in 0..<Limits.xattrsPerInodeMax { try await set(ns, "/d", "a\(index)") }
            #expect(
                await refusalText { () throws(HFSError) in try await set(ns, "/d", "more") }
                    == "io: Cannot add additional XAttr to inode, would exceed limit of 32")
            try await set(ns, "/d", "a0", "again")
            let big = String(repeating: "v", count: Limits.xattrBytesMax)
            #expect(
                await refusalText { () throws(HFSError) in try await set(ns, "/d", "a1", big) }
                    .hasPrefix("invalidArgument: The XAttr is too big."))
            #expect(
                await refusalText { () throws(HFSError) in try await set(ns, "/d", "") }.hasPrefix("invalidArgument: "))
        }
    }

    @Test func namespacesBelongToTheirOwners() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/f")
            try await set(ns, "/f", "t", namespace: .trusted)
            try await set(ns, "/f", "u")
            #expect(try await get(ns, "/f") == ["user.u=1", "trusted.t=1"])
            #expect(try await get(ns, "/f", as: bob) == ["user.u=1"])
            #expect(
                await refusalText { () throws(HFSError) in
                    try await set(ns, "/f", "t", namespace: .trusted, as: bob)
                } == "accessDenied: User doesn't have permission for xattr: trusted.t")
            #expect(
                await refusalText { () throws(HFSError) in try await set(ns, "/f", "s", namespace: .system) }
                    == "accessDenied: User doesn't have permission for xattr: system.s")
            #expect(
                await refusalText { () throws(HFSError) in try await set(ns, "/f", "u", as: bob) }
                    .hasPrefix("accessDenied: Permission denied: user=bob, access=WRITE"))
        }
    }

    @Test func quotasLimitNamesAndSpace() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/p/d")
            try await ns.write("/p/f")
            func quota(_ path: String, _ names: Int64, _ space: Int64) async throws(HFSError) {
                _ = try await ns.run(
                    SetQuota(
                        caller: TestNamespace.root, path: ns.path(path), namespaceQuota: names, spaceQuota: space))
            }
            try await quota("/p", 3, SetQuota.keep)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.mkdirs("/p/q") }
                    == "namespaceQuotaExceeded: The NameSpace quota (directories and files) of directory /p is exceeded: quota=3 file count=4"
            )
            #expect(
                await refusalText { () throws(HFSError) in try await ns.create("/p/q") }.hasPrefix(
                    "namespaceQuotaExceeded"))
            try await ns.write("/other")
            #expect(
                await refusalText { () throws(HFSError) in _ = try await ns.rename("/other", "/p/q") }
                    .hasPrefix("namespaceQuotaExceeded"))
            // Replacing and moving inside take nothing.
            #expect(try await ns.rename("/p/f", "/p/d/f") == .result(true))
            try await ns.rename2("/other", "/p/d/f", overwrite: true)
            try await quota("/p", SetQuota.clear, 1)
            try await ns.create("/p/o", replication: 2)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.addBlock("/p/o") }
                    == "spaceQuotaExceeded: The DiskSpace quota of /p is exceeded: quota = 1 B = 1 B but diskspace consumed = 2097152 B = 2 MB"
            )
            try await quota("/p", SetQuota.keep, SetQuota.clear)
            try await ns.addBlock("/p/o")
            #expect(
                await refusalText { () throws(HFSError) in try await quota("/p/o", 5, 5) }
                    == "pathNotADirectory: `/p/o': Is not a directory")
            #expect(
                await refusalText { () throws(HFSError) in try await quota("/none", 5, 5) }.hasPrefix("fileNotFound"))
            #expect(
                await refusalText { () throws(HFSError) in try await quota("/p", -2, 5) }.hasPrefix("invalidArgument"))
            try await quota("/p", 100, 1 << 30)
            let summary = try await ns.summary("/p")
            #expect((summary.namespaceQuota, summary.spaceQuota) == (100, 1 << 30))
        }
    }

    @Test func binaryTextsReadAsHDFSPrintsThem() {
        #expect(Quota.binaryText(1) == "1 B")
        #expect(Quota.binaryText(134_217_728) == "128 MB")
        #expect(Quota.binaryText(1536) == "1.50 KB")
        #expect(Quota.binaryText(1_073_741_825) == "1.00 GB")
    }
}
