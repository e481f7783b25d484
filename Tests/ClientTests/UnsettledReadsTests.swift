import Core
import Testing
import WireProtocol

@testable import Client

@Suite("Reads that the namenode answers itself", .timeLimit(.minutes(5)))
struct UnsettledReadsTests {
    private func withClient(
        _ body: (FakeTracingNamenode, HFSFileSystem, _ restart: () async throws -> Void) async throws -> Void
    ) async throws -> [String] {
        let namenode = FakeTracingNamenode()
        let port = try await namenode.start()
        var configuration = ClientConfiguration()
        configuration.retryPauseMs = 5
        let fs = try await HFSFileSystem.connect("hdfs://127.0.0.1:\(port)", user: "u", configuration: configuration)
        try await body(namenode, fs) {
            await namenode.stop()
            _ = try await namenode.start(port: port)
        }
        await fs.close()
        await namenode.stop()
        return namenode.calls
    }

    private func read(_ fs: HFSFileSystem) async throws {
        let reader = try await fs.open("/f")
        #expect(try await reader.read(at: 0, count: 3) == [7, 8, 9])
        await reader.close()
    }

    @Test("are told to a namenode that started since, before anything else, once, and are in its log after close")
    func restart() async throws {
        let calls = try await withClient { namenode, fs, restart in
            try await read(fs)
            try await fs.makeDirectory("/a")
            try await restart()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<3 { group.addTask { try await fs.makeDirectory("/b\(number)") } }
                try await group.waitForAll()
            }
        }
        #expect(calls == ["open", "mkdirs", "tell 1", "mkdirs", "mkdirs", "mkdirs", "log"])
    }

    @Test("are told to each of two namenodes that start one after the other")
    func twice() async throws {
        let calls = try await withClient { namenode, fs, restart in
            try await read(fs)
            try await restart()
            try await fs.makeDirectory("/a")
            try await read(fs)
            try await restart()
            try await fs.makeDirectory("/b")
        }
        #expect(calls == ["open", "tell 1", "mkdirs", "open", "tell 2", "mkdirs", "log"])
    }

    @Test("cost nobody a call who reads none")
    func none() async throws {
        let calls = try await withClient { namenode, fs, restart in
            try await fs.makeDirectory("/a")
            try await restart()
            try await fs.makeDirectory("/b")
        }
        #expect(calls == ["mkdirs", "mkdirs"])
    }

    @Test("so many that they may not be kept for long are logged meanwhile; the rest at the end")
    func many() async throws {
        let calls = try await withClient { namenode, fs, restart in
            for _ in 0..<UnsettledReads.settlingCount { try await read(fs) }
        }
        #expect(calls.last == "log" && calls.count { $0 == "open" } == UnsettledReads.settlingCount)
        // Once: there is nothing left to log at the end.
        #expect(calls.count == UnsettledReads.settlingCount + 1)
    }

    @Test("go on while the namenode does not log them, and what is not logged is tried again from time to time")
    func unlogged() async throws {
        let calls = try await withClient { namenode, fs, restart in
            namenode.holdsLogging = true
            for _ in 0..<UnsettledReads.countMax { try await read(fs) }
            #expect(namenode.calls.count { $0 == "open" } == UnsettledReads.countMax)
            namenode.holdsLogging = false
        }
        #expect(calls.last == "log")
    }

    @Test("whose answer came from a connection that broke meanwhile are told after all others were")
    func meanwhile() {
        let reads = UnsettledReads()
        let token = FakeTracingNamenode.token
        _ = reads.add(token, since: reads.breaks)
        let before = reads.breaks
        reads.connectionBroke()
        let untold = reads.untold(isConnected: true)
        #expect(untold?.tokens.count == 1)
        if let untold { reads.told(untold) }
        #expect(reads.untold(isConnected: true) == nil)
        _ = reads.add(token, since: before)
        #expect(reads.untold(isConnected: true)?.tokens.count == 2)
    }

    @Test("are kept in a bounded number, the newest")
    func bound() {
        let reads = UnsettledReads()
        for number in 0..<UnsettledReads.countMax {
            #expect(
                reads.add(FakeTracingNamenode.token, since: 0) == (number >= UnsettledReads.settlingCount - 1))
        }
        let end = reads.beginSettling()
        #expect(reads.beginSettling() == nil)
        #expect(!reads.add(FakeTracingNamenode.token, since: 0))
        reads.endSettling(nil)
        for _ in 1..<UnsettledReads.settlingPause { #expect(!reads.add(FakeTracingNamenode.token, since: 0)) }
        #expect(reads.add(FakeTracingNamenode.token, since: 0))
        #expect(reads.untold(isConnected: false)?.tokens.count == UnsettledReads.countMax)
        // Those that came after are kept.
        reads.endSettling(end)
        #expect(reads.untold(isConnected: true)?.tokens.count == Int(UnsettledReads.settlingPause) + 1)
    }
}
