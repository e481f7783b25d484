import Core
import MetaStore
import Testing

@testable import NameNode

@Suite struct EventVisibilityTests {
    let bob = TestNamespace.user("bob", "staff")
    let alice = TestNamespace.user("alice")

    /// Kind, path and new path of what a caller sees, from `start` on.
    func seen(
        _ namespace: TestNamespace, as caller: Caller, from start: LSN, _ filter: FeedFilter = FeedFilter()
    ) async throws -> [String] {
        var request = FeedRequest(.lsn(start))
        request.filter = filter
        let poll = EventPoll(
            engine: namespace.engine, caller: caller, clock: namespace.clock, deadlineMs: 0, request: request)
        let result: Result<FeedPage, HFSError> = await withCheckedContinuation { continuation in
            poll.run { continuation.resume(returning: $0) }
        }
        return try result.get().entries.map { entry in
            guard case .moved(_, let path) = entry.event.change else {
                return "\(entry.event.kind) \(entry.event.path)"
            }
            return "\(entry.event.kind) \(entry.event.path)>\(path)"
        }
    }

    @Test func `events are seen by the rights of now, one's own always, a superuser sees all`() async throws {
        try await TestNamespace.with { namespace in
            let start = namespace.engine.publishedLSN.next
            try await namespace.mkdirs("/open", mode: 0o777)
            try await namespace.mkdirs("/closed", mode: 0o700)
            try await namespace.write("/open/a")
            try await namespace.write("/closed/b")
            try await namespace.write("/open/own", as: alice)
            let all = try await seen(namespace, as: TestNamespace.root, from: start)
            #expect(
                all == [
                    "mkdir /open", "mkdir /closed", "create /open/a", "close /open/a", "create /closed/b",
                    "close /closed/b", "create /open/own", "close /open/own",
                ])
            let bobs = try await seen(namespace, as: bob, from: start)
            #expect(bobs == all.filter { !$0.contains("/closed/b") })
            try await namespace.chmod("/open", 0o700)
            #expect(
                try await seen(namespace, as: bob, from: start) == [
                    "mkdir /open", "mkdir /closed", "setPermission /open",
                ])
            #expect(try await seen(namespace, as: alice, from: start).contains("create /open/own"))
            try await namespace.chmod("/closed", 0o711)
            #expect(try await seen(namespace, as: bob, from: start).contains("create /closed/b"))
        }
    }

    @Test func `rights follow a directory that was renamed, and end with one that was deleted`() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.mkdirs("/open", mode: 0o777)
            try await namespace.mkdirs("/closed", mode: 0o700)
            let start = namespace.engine.publishedLSN.next
            try await namespace.mkdirs("/open/d")
            try await namespace.write("/open/d/f")
            _ = try await namespace.rename("/open/d", "/open/e")
            #expect(try await seen(namespace, as: bob, from: start).contains("create /open/d/f"))
            try await namespace.rename2("/open/e", "/closed/e")
            #expect(
                try await seen(namespace, as: bob, from: start) == [
                    "mkdir /open/d", "rename /open/d>/open/e", "rename /open/e>",
                ])
            try await namespace.rename2("/closed/e", "/open/back")
            #expect(try await seen(namespace, as: bob, from: start).last == "rename >/open/back")
            #expect(try await seen(namespace, as: bob, from: start).contains("create /open/d/f"))
            try await namespace.delete("/open/back")
            let left = try await seen(namespace, as: bob, from: start)
            #expect(!left.contains("create /open/d/f"))
            #expect(left.last == "delete /open/back")
        }
    }

    @Test func `attributes are told to those who may read them, and hidden namespaces to superusers`() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.mkdirs("/open", mode: 0o777)
            try await namespace.write("/open/f")
            let start = namespace.engine.publishedLSN.next
            for (kind, name) in [(ExtendedAttribute.Namespace.user, "a"), (.trusted, "b")] {
                _ = try await namespace.run(
                    SetXAttr(
                        caller: TestNamespace.root, path: FilePath("/open/f"),
                        attribute: ExtendedAttribute(namespace: kind, name: name, value: [1]), mayCreate: true,
                        mayReplace: true))
            }
            #expect(try await seen(namespace, as: TestNamespace.root, from: start).count == 2)
            #expect(try await seen(namespace, as: bob, from: start) == ["setXAttr /open/f"])
            try await namespace.chmod("/open/f", 0o600)
            #expect(try await seen(namespace, as: bob, from: start) == ["setPermission /open/f"])
        }
    }
}
