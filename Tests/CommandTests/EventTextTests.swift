import Core
import Glibc
import Testing

@testable import hfs

@Suite("Events as text")
struct EventTextTests {
    @Test(
        "times before now and of the calendar",
        arguments: [
            ("90s", 910_000), ("2m", 880_000), ("0h", 1_000_000), ("1h", 0), ("7d", 0), ("12345", 12_345),
        ] as [(String, Int64)])
    func times(_ text: String, _ ms: Int64) { #expect(EventTime.ms(text, nowMs: 1_000_000) == ms) }

    @Test("a local time is that of the clock on the wall")
    func localTimes() throws {
        for (text, expected) in [
            ("2026-11-21", [126, 10, 21, 0, 0, 0]), ("2026-11-21 08:30", [126, 10, 21, 8, 30, 0]),
            ("2026-11-21T08:30:05", [126, 10, 21, 8, 30, 5]),
        ] as [(String, [Int32])] {
            var when = time_t(try #require(EventTime.ms(text, nowMs: 0)) / 1000)
            var parts = tm()
            localtime_r(&when, &parts)
            #expect(
                [parts.tm_year, parts.tm_mon, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec] == expected)
        }
    }

    @Test(
        "what is no time",
        arguments: [
            "", "yesterday", "-5s", "s", "9223372036854775807d", "2026-13-01", "2026-11-21T25:00", "2026-11-21T08",
            "2026-11", "-1",
        ])
    func noTimes(_ text: String) { #expect(EventTime.ms(text, nowMs: 0) == nil) }

    @Test("a path with what became of it; a side of a move that is hidden is said to be")
    func subjects() {
        func event(_ path: String, _ change: NamespaceEvent.Change, isDirectory: Bool = false) -> String {
            EventText.subject(
                NamespaceEvent(
                    .rename, inode: InodeID(1), parent: .root, path: path, isDirectory: isDirectory, change: change))
        }
        #expect(event("/a", .none, isDirectory: true) == "/a/")
        #expect(event("/a", .moved(parent: .root, path: "/b")) == "/a -> /b")
        #expect(event("", .moved(parent: .root, path: "/b")) == "(hidden) -> /b")
        #expect(event("/a", .moved(parent: .root, path: "")) == "/a -> (hidden)")
        #expect(event("/a", .content(length: 5, modifiedMs: 0, checksum: nil)) == "/a 5 bytes")
    }

    @Test("a JSON line leaves out what does not apply")
    func lines() throws {
        let entry = FeedEntry(
            lsn: LSN(7), index: 1, timeMs: 5, user: "ada", run: RunID(3),
            event: NamespaceEvent(
                .setXAttr, inode: InodeID(9), parent: .root, path: "/f",
                change: .attribute(name: "user.a", old: nil, new: [0xff])))
        let line = try JSONOutput.line(EventRecord(entry))
        #expect(line.contains("\"attribute\":{\"name\":\"user.a\",\"new\":\"0xff\"}"))
        #expect(line.contains("\"run\":\"run-3\"") && !line.contains("address") && !line.contains("\n"))
    }
}
