import Client
import Core
import Testing

/// The event feed through the client, against the cluster of `ClusterUnderTest`, which must be hfs's.
@Suite(.enabled(if: ClusterUnderTest.uri != nil), .timeLimit(.minutes(5)))
struct EventFeedTests {
    @Test("Events are read, followed, and kept for a cursor")
    func feed() async throws {
        try await ClusterUnderTest.withDirectory { (fs, directory) async throws in
            let start = try await fs.readEvents(from: .end).nextLSN
            for number in 0..<300 { try await fs.makeDirectory("\(directory)/\(number)") }
            let expected = (0..<300).map { "\(directory)/\($0)" }
            var found: [String] = []
            for try await entry in fs.events(from: .lsn(start), path: directory, kinds: [.mkdir], follows: false) {
                found.append(entry.event.path)
            }
            #expect(found == expected)
            var query = EventQuery(path: directory)
            query.kinds = [.mkdir]
            let page = try await fs.readEvents(from: .lsn(start), query, entriesMax: 10)
            #expect(page.entries.count == 10 && page.nextLSN == LSN(page.entries[9].lsn.rawValue + 1))

            async let waited = fs.readEvents(
                from: .lsn(LSN(page.publishedLSN.rawValue + 1)), EventQuery(path: "\(directory)/new"), waitMs: 60_000)
            try await fs.makeDirectory("\(directory)/new")
            #expect(try await waited.entries.map(\.event.path) == ["\(directory)/new"])

            let name = "test.\(UInt32.random(in: 0...UInt32.max))"
            try await fs.setCursor(name, to: start, creates: true)
            #expect(try await fs.cursors().contains { $0.name == name && $0.lsn == start && !$0.isBeyondRetention })
            #expect(try await fs.removeCursor(name))
            #expect(try await !fs.removeCursor(name))
            let error = await #expect(throws: HFSError.self) {
                try await fs.readEvents(from: .lsn(LSN(1 << 60)))
            }
            #expect(error?.code == .invalidArgument)
        }
    }
}
