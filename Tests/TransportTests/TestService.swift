import Core
import NIOCore
import NIOPosix
import Synchronization
import Transport

/// A protocol with a method for each way of answering.
final class TestService: RPCService {
    let protocolName: String
    let methodNames = ["echo", "later", "never", "fail", "big", "getFileInfo", "getListing"]
    private struct Held {
        var calls: [RPCCall] = []
        var most = 0
        /// Where the newest one came in.
        var eventLoop: (any EventLoop)?
    }

    private let held = Monitor(Held())
    private let closedCount = Atomic<Int>(0)
    private let seen = Mutex<[(callID: Int32, retryCount: Int32, context: String, user: String)]>([])
    let pool = ThreadPool(name: "answers", threadsMax: 8, queueMax: 100_000)
    /// What `getFileInfo` answers.
    let fileInfo: [UInt8]

    init(protocolName: String = "test.Protocol", fileInfo: [UInt8] = []) {
        self.protocolName = protocolName
        self.fileInfo = fileInfo
    }

    var heldCount: Int { held.withLock { $0.calls.count } }
    /// The most calls that `never` held at a time.
    var heldMax: Int { held.withLock { $0.most } }
    var calls: [(callID: Int32, retryCount: Int32, context: String, user: String)] { seen.withLock { $0 } }
    var closed: Int { closedCount.load(ordering: .sequentiallyConsistent) }

    /// Waits until `never` holds so many calls; false when it takes more than half a minute.
    func holds(_ count: Int) async throws -> Bool {
        try await BlockingWork.run(name: "held-calls") { [held] in
            held.wait(timeoutMs: 30_000) { $0.calls.count == count ? true : nil } ?? false
        }
    }

    /// When this is over, everything that was handed to the event loop of the newest call that `never` holds is done.
    func settleEventLoop() async throws {
        _ = try await held.withLock { $0.eventLoop }?.submit {}.get()
    }

    /// Answers everything that `never` held back.
    func release() {
        for call in held.withLock({ held in
            defer { held.calls = [] }
            return held.calls
        }) { call.reply(bytes: [1]) }
    }

    func handle(_ call: RPCCall) {
        seen.withLock { $0.append((call.callID, call.retryCount, call.callerContext, call.connection.user)) }
        precondition(methodNames[call.methodIndex] == call.method)
        switch call.method {
        case "echo": call.reply { $0.writeImmutableBuffer(call.body) }
        case "later":
            do {
                try pool.submit { call.reply { $0.writeImmutableBuffer(call.body) } }
            } catch { call.fail(error) }
        case "never":
            held.update { held in
                held.eventLoop = MultiThreadedEventLoopGroup.currentEventLoop
                held.calls.append(call)
                held.most = max(held.most, held.calls.count)
            }
        case "fail": call.fail(HFSError(.fileNotFound, "File does not exist: /nope"))
        case "big": call.reply { $0.writeRepeatingByte(7, count: 1 << 20) }
        case "getFileInfo": call.reply(bytes: fileInfo)
        default: call.reply(bytes: [])
        }
    }

    func connectionClosed(_ connection: RPCConnectionID) {
        closedCount.wrappingAdd(1, ordering: .sequentiallyConsistent)
    }
}
