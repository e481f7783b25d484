import Core
import NIOCore
import Testing
import Transport
import WireProtocol

@Suite("The RPC server over real sockets", .serialized)
struct RPCServerTests {
    @Test("Java's captured requests get the captured answer, byte for byte")
    func golden() async throws {
        let service = TestService(protocolName: Captured.clientProtocol, fileInfo: hex(Captured.fileInfoBody))
        try await RunningServer.run(service) { running in
            let raw = try running.connect()
            try raw.send(hex(Captured.preface + Captured.context + Captured.getFileInfo))
            let answer = try raw.readFrame()
            let header = hex("1a0800100018093a1001108d75b58f4dbcb69e7dc5b86f3b174000")
            let body = hex(Captured.fileInfoBody)
            #expect(answer == [0, 0, 0, UInt8(header.count + 1 + body.count)] + header + [UInt8(body.count)] + body)
            #expect(service.calls.first?.context == "CLI")
            #expect(service.calls.first?.user == "root")
        }
    }

    @Test("Pipelined calls are all answered, from the loop and from other threads")
    func pipelined() async throws {
        try await RunningServer.run { running in
            let raw = try running.connect()
            try raw.open()
            let count = 3000
            var bytes: [UInt8] = []
            for id in 0..<count {
                bytes += raw.frame(id % 3 == 0 ? "later" : "echo", Array("call \(id)".utf8), id: Int32(id))
            }
            let sent = bytes
            let socket = raw.socket
            let sender = try startThread(name: "sender") { try? socket.writeAll(sent) }
            var seen = Set<Int32>()
            for _ in 0..<count {
                let response = try raw.readResponse()
                #expect(String(buffer: response.body) == "call \(response.callID)")
                seen.insert(response.callID)
            }
            #expect(seen.count == count)
            let figures = running.metrics.prometheusText()
            #expect(figures.contains("hfs_rpc_calls_total{protocol=\"Protocol\",method=\"echo\"} 2000\n"))
            #expect(figures.contains("hfs_rpc_call_microseconds_count{server=\"rpc\"} 3000\n"))
            sender.join()
        }
    }

    @Test("Answers given in a burst leave at its end")
    func answersInABurst() async throws {
        try await RunningServer.run { running in
            let raw = try running.connect()
            try raw.open()
            for id in 0..<5 { try raw.send(raw.frame("never", id: Int32(id))) }
            #expect(try await running.service.holds(5))
            // Answers that are given while their connection still reads leave when it has read all.
            try await running.service.settleEventLoop()
            running.server.answers.burstBegins()
            running.service.release()
            try await running.service.settleEventLoop()
            #expect(running.metrics.prometheusText().contains("hfs_rpc_sent_bytes{server=\"rpc\"} 0\n"))
            running.server.answers.burstEnds()
            for id in 0..<5 { #expect(try raw.readResponse().callID == Int32(id)) }
        }
    }

    @Test("Reading stops at the bound of unanswered calls and goes on after answers")
    func callsInFlight() async throws {
        try await RunningServer.run(configure: { $0.callsInFlightMax = 10 }) { running in
            let raw = try running.connect()
            try raw.open()
            for id in 0..<25 { try raw.send(raw.frame("never", id: Int32(id))) }
            #expect(try await running.service.holds(10))
            running.service.release()
            #expect(try await running.service.holds(10))
            running.service.release()
            #expect(try await running.service.holds(5))
            running.service.release()
            for id in 0..<25 { #expect(try raw.readResponse().callID == Int32(id)) }
            #expect(running.service.heldMax == 10)
        }
    }

    @Test("A peer that takes no answers stops being read, and is closed in the end")
    func slowReader() async throws {
        let configure: (inout RPCServerConfiguration) -> Void = {
            $0.stallMs = 300
            $0.outboundPauseBytes = 1 << 20
        }
        try await RunningServer.run(configure: configure) { running in
            let raw = try running.connect()
            try raw.open()
            // 200 MiB of answers, none of which is read.
            for id in 0..<200 { try raw.send(raw.frame("big", id: Int32(id))) }
            #expect(try await eventually { !running.service.calls.isEmpty })
            #expect(try await eventually { running.server.connectionCount == 0 })
            #expect(running.service.calls.count < 60)
            #expect(running.service.closed == 1)
        }
    }

    @Test("Connections without a context, and frames that stop in the middle, are closed in time")
    func halfOpen() async throws {
        let configure: (inout RPCServerConfiguration) -> Void = {
            $0.handshakeMs = 100
            $0.stallMs = 100
        }
        try await RunningServer.run(configure: configure) { running in
            let silent = try running.connect()
            #expect(silent.isClosedByServer())
            let begun = try running.connect()
            try begun.open()
            try begun.send(raw(begun.frame("echo", id: 1)))
            #expect(begun.isClosedByServer())
            let idle = try running.connect()
            try idle.open()
            try idle.send(idle.frame("echo", [4], id: 1))
            #expect(try idle.readResponse().callID == 1)
            // Both limits pass for one that came later; the idle connection outlives them.
            for _ in 0..<2 { #expect(try running.connect().isClosedByServer()) }
            try idle.send(idle.frame("echo", [5], id: 2))
            #expect(try idle.readResponse().callID == 2)
        }
    }

    private func raw(_ frame: [UInt8]) -> [UInt8] { frame.dropLast(3) }

    @Test("Garbage is refused with a reason the peer can read, and the server lives on")
    func garbage() async throws {
        try await RunningServer.run { running in
            let http = try running.connect()
            try http.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
            #expect(String(decoding: try http.readToEnd(), as: UTF8.self).hasPrefix("HTTP/1.1 404 Not Found\r\n"))
            let other = try running.connect()
            try other.send(hex("687270630a0000"))
            let refusal = try other.readResponse()
            #expect(refusal.status == .fatal && refusal.errorDetail == 14 && refusal.callID == -1)
            #expect(other.isClosedByServer())
            let large = try running.connect()
            try large.open()
            try large.send(hex("7fffffff"))
            #expect(try large.readResponse().status == .fatal)
            var random = TestRandom(seed: 7)
            for _ in 0..<30 {
                let noise = try running.connect()
                if random.below(2) == 0 { try noise.open() }
                // The server may have closed before all is sent.
                try? noise.send((0..<random.below(3000)).map { _ in UInt8(random.below(256)) })
                noise.socket.shutdown()
            }
            let fine = try running.connect()
            try fine.open()
            try fine.send(fine.frame("echo", [1, 2, 3], id: 4))
            #expect(Array(try fine.readResponse().body.readableBytesView) == [1, 2, 3])
        }
    }

    @Test("An error keeps the connection; class, text and detail arrive")
    func errors() async throws {
        try await RunningServer.run { running in
            let raw = try running.connect()
            try raw.open()
            try raw.send(raw.frame("fail", id: 1) + raw.frame("nothing", id: 2) + raw.frame("echo", [9], id: 3))
            let failure = try raw.readResponse()
            #expect(failure.errorClass == "java.io.FileNotFoundException" && failure.errorDetail == 1)
            #expect(failure.errorMessage == "File does not exist: /nope")
            let unknown = try raw.readResponse()
            #expect(unknown.errorClass == "org.apache.hadoop.ipc.RpcNoSuchMethodException" && unknown.errorDetail == 2)
            #expect(unknown.errorMessage == "Unknown method nothing called on test.Protocol protocol.")
            #expect(try raw.readResponse().status == .success)
        }
    }

    @Test("One connection too many is refused; a place becomes free again")
    func connectionBound() async throws {
        try await RunningServer.run(configure: { $0.connectionsMax = 2 }) { running in
            let first = try running.connect()
            try first.open()
            let second = try running.connect()
            try second.open()
            #expect(try await eventually { running.server.connectionCount == 2 })
            #expect(try running.connect().isClosedByServer())
            first.socket.shutdown()
            #expect(try await eventually { running.server.connectionCount == 1 })
            let third = try running.connect()
            try third.open()
            try third.send(third.frame("echo", id: 1))
            #expect(try third.readResponse().callID == 1)
        }
    }

    @Test("Stopping lets running calls finish, refuses new ones and then closes")
    func drain() async throws {
        try await RunningServer.run { running in
            let raw = try running.connect()
            try raw.open()
            try raw.send(raw.frame("never", id: 1))
            #expect(try await running.service.holds(1))
            async let stopped: Void = running.server.stop(drainMs: 10_000)
            // Calls are taken until the stop is noticed; the first refusal tells that it was.
            var id: Int32 = 1
            var answer: RPCResponseFrame
            repeat {
                id += 1
                try raw.send(raw.frame("echo", id: id))
                answer = try raw.readResponse()
                #expect(answer.callID == id)
            } while answer.status == .success
            #expect(answer.errorClass == "org.apache.hadoop.ipc.StandbyException")
            running.service.release()
            #expect(try raw.readResponse().callID == 1)
            #expect(try raw.readToEnd().isEmpty)
            await stopped
        }
    }

    @Test("Stopping cuts what is not finished when its time is over")
    func cut() async throws {
        try await RunningServer.run { running in
            let raw = try running.connect()
            try raw.open()
            try raw.send(raw.frame("never", id: 1))
            #expect(try await running.service.holds(1))
            let clock = SystemClock()
            let start = clock.monotonicMs
            await running.server.stop(drainMs: 100)
            #expect(clock.monotonicMs - start < 5_000)
            #expect(raw.isClosedByServer())
            running.service.release()
        }
    }
}
