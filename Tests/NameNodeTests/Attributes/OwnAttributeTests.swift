import Core
import MetaStore
import Testing

@testable import NameNode

@Suite struct OwnAttributeTests {
    private let bob = TestNamespace.user("bob", "staff")

    @Test func ourAttributesHaveTheirForms() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/d")
            try await ns.write("/f")
            for (path, name, value) in [
                ("/d", "hfs.artifact", "Model"), ("/d", "hfs.artifact", ""), ("/d", "hfs.trace", "some"),
                ("/f", "hfs.trace", "all"), ("/d", "hfs.other", "1"), ("/d", "ml.loss", "NaN"),
                ("/d", "ml.loss", "-nan"),
                ("/d", "ml.\0", "1"), ("/d", "hfs.deletion-protection", "yes"),
                ("/f", "hfs.deletion-protection", "lineage"),
            ] {
                let text = await refusalText { () throws(HFSError) in try await ns.set(path, name, value) }
                #expect(text.hasPrefix("invalidArgument: "), "\(name)=\(value): \(text)")
            }
            #expect(try await ns.attributes("/d") == [])
            try await ns.set("/d", "hfs.artifact", "training-dataset")
            try await ns.set("/f", "hfs.artifact", "model")
            try await ns.set("/d", "hfs.trace", "writes")
            try await ns.set("/d", "user.loss", "NaN")
            #expect(
                try await ns.attributes("/d") == ["hfs.artifact=training-dataset", "hfs.trace=writes", "user.loss=NaN"])
            #expect(try await ns.audit() == [])
        }
    }

    @Test func theNearestDirectorySaysWhatIsInherited() async throws {
        try await TestNamespace.with { ns in
            let name = DeletionProtection.attributeName
            try await ns.write("/Projects/p/open/d/f")
            try await ns.write("/Projects/p/d/f")
            func says(_ path: String, as caller: Caller = TestNamespace.root) async throws(HFSError) -> String {
                let value = try await ns.ask(GetInheritedAttribute(caller: caller, path: ns.path(path), name: name))
                return value.map { "\($0.text) of \($0.directory)" } ?? "nothing"
            }
            #expect(try await says("/Projects/p/d/f") == "nothing")
            try await ns.set("/Projects/p", name, "lineage")
            try await ns.set("/Projects/p/open", name, "none")
            #expect(try await says("/Projects/p/d/f") == "lineage of /Projects/p")
            #expect(try await says("/Projects/p") == "lineage of /Projects/p")
            #expect(try await says("/Projects/p/open/d/f") == "none of /Projects/p/open")
            #expect(try await says("/Projects") == "nothing")
            // Who gets there may know, also where they may not list.
            try await ns.chmod("/Projects/p", 0o711)
            #expect(try await says("/Projects/p/d", as: bob) == "lineage of /Projects/p")
            try await ns.chmod("/Projects/p", 0o700)
            #expect(
                await refusalText { () throws(HFSError) in _ = try await says("/Projects/p/d", as: bob) }
                    .hasPrefix("accessDenied: "))
            #expect(
                await refusalText { () throws(HFSError) in _ = try await says("/none") }.hasPrefix("fileNotFound: "))
            try await ns.unset("/Projects/p", name)
            #expect(try await says("/Projects/p/d") == "nothing")
            let question = GetInheritedAttribute(caller: TestNamespace.root, path: .root, name: "hfs.artifact")
            #expect(
                await refusalText { () throws(HFSError) in _ = try await ns.ask(question) }
                    .hasPrefix("invalidArgument: hfs.artifact is not inherited"))
        }
    }

    @Test func oursCountByThemselves() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/d")
            for index in 0..<Limits.ownXattrsPerInodeMax { try await ns.set("/d", "ml.a\(index)", "\(index)") }
            for index in 0..<Limits.xattrsPerInodeMax { try await ns.set("/d", "user.a\(index)", "\(index)") }
            #expect(
                await refusalText { () throws(HFSError) in try await ns.set("/d", "hfs.artifact", "model") }
                    == "io: Cannot add another ml or hfs attribute, would exceed limit of 128")
            #expect(
                await refusalText { () throws(HFSError) in try await ns.set("/d", "user.b", "1") }
                    == "io: Cannot add additional XAttr to inode, would exceed limit of 32")
            #expect(try await ns.attributes("/d").count == 160)
            #expect(try await ns.audit() == [])
            try await ns.delete("/d")
            #expect(try await ns.audit() == [])
        }
    }

    @Test func hfsIsForTheOwnerAndMLForWhoMayWrite() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/d", mode: 0o775)
            try await ns.chown("/d", "alice", "staff")
            try await ns.set("/d", "ml.note", "good", as: bob)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.set("/d", "hfs.trace", "all", as: bob) }
                    .hasPrefix("accessDenied: Permission denied. user=bob is not the owner"))
            try await ns.set("/d", "hfs.trace", "all", as: TestNamespace.user("alice"))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.unset("/d", "hfs.trace", as: bob) }
                    .hasPrefix("accessDenied: "))
        }
    }

    @Test func theNearestDirectorySaysWhatIsTraced() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/a/b/c/f")
            func trace(_ text: String) async throws -> TraceLevel? {
                let path = try ns.path(text)
                return try await ns.namenode.writer.read { view throws(PlanInterrupt) in
                    try view.resolve(path, rows: true).trace
                }
            }
            #expect(try await trace("/a/b/c/f") == nil)
            try await ns.set("/a", "hfs.trace", "all")
            try await ns.set("/a/b/c", "hfs.trace", "none")
            #expect(try await trace("/a/b/c/f") == TraceLevel.none)
            #expect(try await trace("/a/b") == .all)
            try await ns.unset("/a/b/c", "hfs.trace")
            #expect(try await trace("/a/b/c/f") == .all)
        }
    }

    @Test func ofSeveralWhoCompareOneSets() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/f")
            #expect(
                try await ns.compareAndSet("/f", "user.owner", from: nil, to: "a")
                    == .compared(isSet: true, current: nil))
            #expect(
                try await ns.compareAndSet("/f", "user.owner", from: nil, to: "b")
                    == .compared(isSet: false, current: Array("a".utf8)))
            #expect(
                try await ns.compareAndSet("/f", "user.owner", from: "b", to: "c")
                    == .compared(isSet: false, current: Array("a".utf8)))
            #expect(
                try await ns.compareAndSet("/f", "user.owner", from: "a", to: nil)
                    == .compared(isSet: true, current: nil))
            #expect(
                try await ns.compareAndSet("/f", "user.owner", from: "a", to: "b")
                    == .compared(isSet: false, current: nil))
            #expect(try await ns.attributes("/f") == [])
            #expect(
                await refusalText { () throws(HFSError) in
                    try await ns.compareAndSet("/f", "user.owner", from: nil, to: "a", as: bob)
                }.hasPrefix("accessDenied"))
            #expect(
                await refusalText { () throws(HFSError) in
                    try await ns.compareAndSet("/none", "user.owner", from: nil, to: "a")
                }.hasPrefix("fileNotFound"))
            let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<50 {
                    group.addTask {
                        try await ns.compareAndSet("/f", "ml.claim", from: nil, to: "\(index)")
                            == .compared(isSet: true, current: nil)
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(wins == 1)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aRepeatedComparisonGetsTheFirstAnswer() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/f")
            let operation = CompareAndSetAttribute(
                caller: TestNamespace.root, path: try ns.path("/f"), attribute: try ns.attribute("ml.claim"), old: nil,
                new: [1])
            var answers: [[UInt8]] = []
            for _ in 0..<2 {
                let outcome: Result<Outcome<Answer>, HFSError> = await withCheckedContinuation { continuation in
                    ns.namenode.writer.submit(
                        operation, retry: RetryKey(clientID: Array(0..<16), callID: 7),
                        completion: { continuation.resume(returning: $0) })
                }
                switch try outcome.get() {
                case .done(let answer): answers.append(answer.wireBytes())
                case .replayed(let bytes): answers.append(bytes)
                }
            }
            #expect(answers[0] == answers[1])
            #expect(answers[0] == [8, 1])
        }
    }
}
