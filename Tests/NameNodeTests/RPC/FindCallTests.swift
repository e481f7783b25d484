import Core
import NIOCore
import Synchronization
import Testing
import WireProtocol

@testable import NameNode
@testable import Transport

/// The call `find` as a connection sees it.
@Suite struct FindCallTests {
    /// Takes one call's answer.
    private final class Answer: RPCReplySink {
        private let waiting: Mutex<CheckedContinuation<Result<[UInt8], HFSError>, Never>?>

        init(_ continuation: CheckedContinuation<Result<[UInt8], HFSError>, Never>) { waiting = Mutex(continuation) }

        func succeed(_ call: RPCCall, _ fill: (inout ByteBuffer) -> Void) {
            var buffer = ByteBuffer()
            fill(&buffer)
            take()?.resume(returning: .success(Array(buffer.readableBytesView)))
        }

        func fail(_ call: RPCCall, _ error: HFSError) { take()?.resume(returning: .failure(error)) }

        private func take() -> CheckedContinuation<Result<[UInt8], HFSError>, Never>? { waiting.withLock { $0.take() } }
    }

    private func find(
        _ handler: FileSystemProtocolHandler, limit: UInt32, _ peer: RPCPeer
    ) async throws -> Hfs_Filesystem_FindResponse {
        var request = Hfs_Filesystem_FindRequest()
        request.path = "/many"
        request.limit = limit
        request.attributes = ["name"]
        let body = ByteBuffer(bytes: try MessageCoding.encode(request))
        let bytes: Result<[UInt8], HFSError> = await withCheckedContinuation { continuation in
            handler.handle(
                RPCCall(
                    method: "find", methodIndex: handler.methodNames.firstIndex(of: "find") ?? -1, body: body,
                    clientID: Array(0..<16), callID: 0, retryCount: 0, callerContext: "", connection: peer,
                    replies: Answer(continuation)))
        }
        return try MessageCoding.decode(Hfs_Filesystem_FindResponse.self, from: try bytes.get())
    }

    /// A directory whose walk takes more than one read.
    private func withMany(_ body: (FileSystemProtocolHandler) async throws -> Void) async throws {
        try await TestNamespace.with { ns in
            try await withThrowingTaskGroup { group in
                for number in 0..<400 { group.addTask { try await ns.mkdirs("/many/d\(number)") } }
                try await group.waitForAll()
            }
            try await body(
                FileSystemProtocolHandler(
                    writer: ns.namenode.writer, board: ns.namenode.attempts, groups: ns.namenode.groups,
                    rules: ns.namenode.rules, clock: ns.clock, logger: TestNamespace.quiet))
        }
    }

    private func peer(_ id: UInt64) -> RPCPeer {
        RPCPeer(id: RPCConnectionID(id), user: "root", address: "10.0.0.9", port: 1)
    }

    @Test func anAnswerIsCompleteOnlyWhenThereCannotBeMore() async throws {
        try await withMany { handler in
            let all = try await find(handler, limit: 1000, peer(1))
            #expect(all.found.count == 401 && all.isComplete)
            let some = try await find(handler, limit: 400, peer(1))
            #expect(some.found.count == 400 && !some.isComplete)
        }
    }

    @Test func aLongQueryIsRefusedWhileItsConnectionHasAsManyAsItMay() async throws {
        try await withMany { handler in
            var held = try (0..<Limits.longQueriesPerConnectionMax).map { _ in
                try handler.queryPlaces.enter(RPCConnectionID(1))
            }
            let error = await #expect(throws: HFSError.self) { _ = try await find(handler, limit: 1000, peer(1)) }
            #expect(error?.code == .retriable)
            #expect(try await find(handler, limit: 1000, peer(2)).found.count == 401)
            held.removeAll()
            #expect(try await find(handler, limit: 1000, peer(1)).found.count == 401)
        }
    }

    @Test func aLongQueryEndsWithItsConnection() async throws {
        try await withMany { handler in
            let gone = peer(1)
            gone.close()
            let error = await #expect(throws: HFSError.self) { _ = try await find(handler, limit: 1000, gone) }
            #expect(error?.code == .cancelled)
        }
    }
}
