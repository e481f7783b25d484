import Core
import Synchronization
import Testing

@testable import NameNode

@Suite struct GroupMappingTests {
    private func groups(_ mapping: GroupMapping, _ user: String) async -> [String] {
        await withCheckedContinuation { done in mapping.groups(of: user) { done.resume(returning: $0) } }
    }

    @Test func theTableComesBeforeTheHostAndAnswersAreKept() async throws {
        let asked = Mutex<[String]>([])
        let clock = ManualClock()
        let mapping = GroupMapping(overrides: ["fixed": ["a"]], clock: clock) { user in
            asked.withLock { $0.append(user) }
            return ["g-\(user)", "\(asked.withLock { $0.count })"]
        }
        try mapping.start()
        #expect(mapping.cached("fixed") == ["a"])
        #expect(mapping.cached("eve") == nil)
        #expect(await groups(mapping, "eve") == ["g-eve", "1"])
        #expect(mapping.cached("eve") == ["g-eve", "1"])
        // An old answer is given while a new one is looked up.
        clock.advance(byMs: GroupMapping.freshMs + 1)
        #expect(mapping.cached("eve") == ["g-eve", "1"])
        _ = await groups(mapping, "bob")
        #expect(mapping.cached("eve") == ["g-eve", "2"])
        #expect(asked.withLock { $0 } == ["eve", "eve", "bob"])
        mapping.stop()
        #expect(await groups(mapping, "late") == [])
    }

    @Test func manyWhoWaitForOneUserAreAllAnswered() async throws {
        let mapping = GroupMapping(clock: ManualClock()) { _ in ["g"] }
        let answered = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<50 { group.addTask { await groups(mapping, "eve") } }
            do { try mapping.start() } catch { Issue.record("\(error)") }
            var count = 0
            for await found in group where found == ["g"] { count += 1 }
            return count
        }
        #expect(answered == 50)
        mapping.stop()
    }

    @Test func theHostKnowsItsOwnUser() {
        #expect(!HostAccounts.groups(HostAccounts.currentUser()).isEmpty)
        #expect(HostAccounts.groups("no-such-user-here") == [])
    }
}
