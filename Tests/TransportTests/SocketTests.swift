import Core
import Synchronization
import Testing
import Transport

@Suite("Blocking sockets and their reader", .serialized)
struct SocketTests {
    /// Two connected sockets.
    private func pair() async throws -> (client: BlockingSocket, server: BlockingSocket) {
        let listener = try await TestPorts.bind { port in try BlockingListener(host: "127.0.0.1", port: port) }
        let client = try BlockingSocket.connect(host: "127.0.0.1", port: listener.port, timeoutMs: 60_000)
        let server = try #require(try listener.accept())
        listener.shutdown()
        for socket in [client, server] { socket.setTimeouts(readMs: 60_000, writeMs: 60_000) }
        #expect(server.remoteAddress?.port == client.localAddress?.port)
        return (client, server)
    }

    @Test("Integers, messages and data arrive in order, whatever the pieces")
    func reader() async throws {
        let (client, server) = try await pair()
        let data = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let writer = try startThread(name: "writer") {
            do {
                try client.writeAll([0, 28, 80], more: true)
                try client.writeAll([0xac, 0x02] + [UInt8](repeating: 7, count: 300))
                try client.writeAll([1, 2, 3, 4])
                for start in stride(from: 0, to: data.count, by: 7777) {
                    try client.writeAll(Array(data[start..<min(start + 7777, data.count)]))
                }
                client.shutdownWriting()
            } catch { Issue.record("\(error)") }
        }
        let reader = BufferedSocketReader(server, capacity: 64)
        #expect(try reader.readUInt16() == 28)
        #expect(try reader.readUInt8() == 80)
        #expect(try reader.readDelimited(limit: 300) == [UInt8](repeating: 7, count: 300))
        #expect(try reader.readUInt32() == 0x0102_0304)
        #expect(try reader.readBytes(data.count) == data)
        #expect(try !reader.waitForInput())
        #expect(throws: HFSError.self) { try reader.readUInt8() }
        writer.join()
    }

    @Test("Messages above the limit and broken lengths are refused")
    func limits() async throws {
        let (client, server) = try await pair()
        try client.writeAll([0xff, 0xff, 0xff, 0xff, 0xff, 0xff] + [10] + [0])
        let reader = BufferedSocketReader(server)
        #expect(throws: HFSError.self) { try reader.readDelimited() }
        #expect(try reader.readUInt8() == 0xff)
        #expect(throws: HFSError.self) { try reader.readDelimited(limit: 9) }
    }

    @Test("Parts from several places and a file's bytes are written whole")
    func vectors() async throws {
        let (client, server) = try await pair()
        let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 13 >> 3) }
        let file = try TemporaryFile(large)
        let descriptor = file.descriptor
        let writer = try startThread(name: "writer") {
            do {
                try large.withUnsafeBytes { raw in
                    let result: Result<Void, HFSError> = Result { () throws(HFSError) in
                        let header = UnsafeRawBufferPointer(rebasing: raw[..<25])
                        let sums = UnsafeRawBufferPointer(rebasing: raw[25..<1000])
                        try client.writeAll(header, sums, UnsafeRawBufferPointer(rebasing: raw[1000...]), more: true)
                        try client.sendFile(descriptor: descriptor, offset: 1000, count: 2_000_000)
                        try client.writeAll(parts: [header, UnsafeRawBufferPointer(rebasing: raw[..<0]), sums])
                    }
                    try result.get()
                }
            } catch { Issue.record("\(error)") }
        }
        let reader = BufferedSocketReader(server)
        #expect(try reader.readBytes(large.count) == large)
        #expect(try reader.readBytes(2_000_000) == Array(large[1000..<2_001_000]))
        #expect(try reader.readBytes(1000) == Array(large[..<1000]))
        writer.join()
        #expect(throws: HFSError.self) { try client.sendFile(descriptor: descriptor, offset: 2_999_000, count: 2000) }
    }

    @Test("A shutdown from another thread ends a blocked read, write and accept")
    func shutdown() async throws {
        let (client, server) = try await pair()
        let reads = Mutex<HFSError.Code?>(nil)
        let writes = Mutex<HFSError.Code?>(nil)
        let reading = try WatchedThread(name: "reading") {
            do { _ = try BufferedSocketReader(server).readUInt8() } catch {
                reads.withLock { $0 = (error as? HFSError)?.code }
            }
        }
        let writing = try WatchedThread(name: "writing") {
            do {
                while true { try server.writeAll([UInt8](repeating: 1, count: 1 << 20)) }
            } catch { writes.withLock { $0 = (error as? HFSError)?.code } }
        }
        #expect(try await eventually { reading.isBlocked && writing.isBlocked })
        server.shutdown()
        #expect(reading.join(timeoutMs: 60_000))
        #expect(writing.join(timeoutMs: 60_000))
        #expect(reads.withLock { $0 } == .cancelled)
        #expect(writes.withLock { $0 } == .cancelled)
        #expect(server.isShutdown && !client.isShutdown)

        let listener = try await TestPorts.bind { port in try BlockingListener(host: "127.0.0.1", port: port) }
        let accepting = try WatchedThread(name: "accepting") {
            if let socket = try? listener.accept() { socket.close() }
        }
        #expect(try await eventually { accepting.isBlocked })
        listener.shutdown()
        #expect(accepting.join(timeoutMs: 60_000))
    }

    @Test("Timeouts and refused connections say so")
    func timeouts() async throws {
        let (client, server) = try await pair()
        server.setTimeouts(readMs: 50, writeMs: 50)
        do {
            _ = try BufferedSocketReader(server).readUInt8()
            Issue.record("no error")
        } catch { #expect(error.code == .timedOut) }
        #expect(try !server.waitReadable(timeoutMs: 20))
        do {
            while true { try server.writeAll([UInt8](repeating: 1, count: 1 << 20)) }
        } catch { #expect(error.code == .timedOut) }
        client.close()
        do {
            _ = try BlockingSocket.connect(host: "127.0.0.1", port: 1, timeoutMs: 1000)
            Issue.record("no error")
        } catch { #expect(error.code == .connectionFailed) }
        do {
            // An address that nobody answers for: either refused at once or by the timeout.
            _ = try BlockingSocket.connect(host: "192.0.2.1", port: 9, timeoutMs: 100)
        } catch { #expect(error.code == .connectionFailed) }
    }

    @Test("How fast a transfer goes (printed, not judged)")
    func throughput() async throws {
        let (client, server) = try await pair()
        let total = 1 << 29
        let writer = try startThread(name: "writer") {
            let packet = [UInt8](repeating: 3, count: 64_512 + 504 + 31)
            do {
                try packet.withUnsafeBytes { raw in
                    let result: Result<Void, HFSError> = Result { () throws(HFSError) in
                        var sent = 0
                        while sent < total {
                            try client.writeAll(
                                UnsafeRawBufferPointer(rebasing: raw[..<535]),
                                UnsafeRawBufferPointer(rebasing: raw[535...]))
                            sent += raw.count
                        }
                        client.shutdownWriting()
                    }
                    try result.get()
                }
            } catch { Issue.record("\(error)") }
        }
        let clock = SystemClock()
        let start = clock.monotonicMs
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 64)
        defer { buffer.deallocate() }
        var received = 0
        while case let count = try server.readSome(into: buffer), count > 0 { received += count }
        writer.join()
        print("socket: \(received / 1024 / max(Int(clock.monotonicMs - start), 1) * 1000 / 1024) MiB/s on loopback")
        #expect(received >= total)
    }
}
