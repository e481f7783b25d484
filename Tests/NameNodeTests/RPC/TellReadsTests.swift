import Core
import NIOCore
import Synchronization
import Testing
import WireProtocol

@testable import NameNode
@testable import Transport

/// The call `tellReads` as a connection sees it.
@Suite struct TellReadsTests {
    /// Takes one call's answer.
    private final class Answer: RPCReplySink {
        private let waiting: Mutex<CheckedContinuation<HFSError?, Never>?>

        init(_ continuation: CheckedContinuation<HFSError?, Never>) { waiting = Mutex(continuation) }

        func succeed(_ call: RPCCall, _ fill: (inout ByteBuffer) -> Void) { take()?.resume(returning: nil) }
        func fail(_ call: RPCCall, _ error: HFSError) { take()?.resume(returning: error) }

        private func take() -> CheckedContinuation<HFSError?, Never>? { waiting.withLock { $0.take() } }
    }

    /// What the call is refused with; nil when it is not.
    private func tell(
        _ ns: TestNamespace, _ tokens: [BlockAccessToken] = [], durably: Bool = false
    ) async -> HFSError? {
        let handler = FileSystemProtocolHandler(
            writer: ns.namenode.writer, board: ns.namenode.attempts, groups: ns.namenode.groups,
            rules: ns.namenode.rules, clock: ns.clock,
            logger: TestNamespace.quiet)
        var request = Hfs_Filesystem_TellReadsRequest()
        request.tokens = tokens.map(\.shownProto)
        request.durably = durably
        let body: ByteBuffer
        do throws(HFSError) { body = ByteBuffer(bytes: try MessageCoding.encode(request)) } catch { return error }
        return await withCheckedContinuation { continuation in
            handler.handle(
                RPCCall(
                    method: "tellReads", methodIndex: handler.methodNames.firstIndex(of: "tellReads") ?? -1,
                    body: body, clientID: Array(0..<16), callID: 0, retryCount: 0, callerContext: "",
                    connection: RPCPeer(id: RPCConnectionID(1), user: "alice", address: "10.0.0.9", port: 1),
                    replies: Answer(continuation)))
        }
    }

    @Test("tokens longer than any are refused, as datanodes refuse them")
    func long() async throws {
        try await TestNamespace.with { ns in
            for excess in [0, 1] {
                let token = BlockAccessToken(
                    identifier: Array(repeating: 1, count: Limits.blockTokenBytesMax - 8),
                    password: Array(repeating: 1, count: 8 + excess))
                #expect(await tell(ns, [token])?.code == (excess > 0 ? .invalidArgument : nil))
            }
            #expect(ns.namenode.writer.reads.forgedCount == 1)
        }
    }

    @Test("what should be logged is refused at once while the namenode starts, to be tried again, and in safemode")
    func safemode() async throws {
        let folder = try TemporaryDirectory()
        try await TestNamespace.with(.shards(folder.path, count: 2)) { ns in
            try await ns.write("/full", [10])
            #expect(
                await withCheckedContinuation { done in
                    ns.namenode.blocks.safemode.whenOff(withinMs: 60_000) { done.resume(returning: $0) }
                })
            #expect(await tell(ns, durably: true) == nil)
            ns.namenode.blocks.safemode.enter()
            #expect(await tell(ns, durably: true)?.code == .safeMode)
        }
        // Its datanodes are waited for, and time stands still.
        try await TestNamespace.with(.shards(folder.path, count: 2)) { ns in
            #expect(ns.namenode.blocks.safemode.isOn)
            #expect(await tell(ns, durably: true)?.code == .retriable)
            #expect(await tell(ns) == nil)
        }
    }
}
