import Core
import Logging
import NIOCore
import SwiftProtobuf
import Synchronization
import Transport
import WireProtocol

/// ClientProtocol calls to whichever of the namenodes answers.
///
/// A call whose connection failed or broke goes to the next namenode, and around again, under the same client id and call
/// id: the namenodes' retry cache answers a mutation once (hdfs-wire: "Failover and retries, as clients do them").
final class NamenodeClient: Sendable {
    static let protocolName = "org.apache.hadoop.hdfs.protocol.ClientProtocol"
    /// What HDFS has no call for: events, runs, attribute queries, publishing.
    static let ownProtocolName = "hfs.FileSystemProtocol"

    let logger: Logger
    let reads = UnsettledReads()
    /// One at a time tells a namenode what was read before.
    let tellingTurns = CallTurns()
    /// Has the namenode log what was read, while reading goes on.
    let settling = BackgroundTurn()
    private let clients: [RPCClient]
    private let current = Atomic<Int>(0)
    private let callIDs = RPCCallIDSequence()
    private let configuration: ClientConfiguration
    private let clock: any HFSClock
    private let eventLoop: any EventLoop

    /// Longest pause between two tries of a call, milliseconds.
    private static let pauseMsMax: Int64 = 5_000

    init(
        addresses: [NamenodeAddress], user: String, configuration: ClientConfiguration, clock: any HFSClock,
        group: any EventLoopGroup, logger: Logger
    ) {
        precondition(!addresses.isEmpty, "a filesystem has a namenode")
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        eventLoop = group.next()
        let clientID = RPCCallIDSequence.randomClientID()
        var bounds = RPCClientConfiguration()
        bounds.connectTimeoutMs = configuration.connectTimeoutMs
        bounds.callerContext = configuration.callerContext
        bounds.token = configuration.token
        let callIDs = callIDs
        clients = addresses.map {
            RPCClient(
                host: $0.host, port: $0.port, user: user, protocolName: Self.protocolName, clientID: clientID,
                callIDs: callIDs, group: group, logger: logger, configuration: bounds)
        }
        for client in clients { client.onDisconnect { [reads] _ in reads.connectionBroke() } }
    }

    /// Pauses for something that needs a moment at the namenode or the datanodes, within the operation's deadline.
    func pauses() -> RetryPause {
        pause(firstMs: 5, deadlineMs: clock.monotonicMs + configuration.operationDeadlineMs)
    }

    /// Calls until an answer, a refusal, or the deadline.
    ///
    /// - Parameter failoversMax: nil takes the configuration's.
    func call<Q: Message, A: Message>(
        _ method: String, _ request: Q, returning: A.Type = A.self, failoversMax: Int? = nil
    ) async throws(HFSError) -> A {
        try await attempt(failoversMax: failoversMax) { (client, attempt) async throws(HFSError) in
            try await client.call(
                method, request, deadlineMs: attempt.deadlineMs, callID: attempt.callID, retryCount: attempt.retryCount,
                over: attempt.connection)
        }
    }

    /// Calls a method of hfs's own protocol. `.noSuchProtocol` from a namenode that is not hfs's.
    ///
    /// - Parameters:
    ///   - deadlineMs: nil takes the configuration's.
    ///   - patienceMs: for a call that is soon made again with newer contents: each namenode is asked once, no longer than this.
    func callOwn<Q: Message, A: Message>(
        _ method: String, _ request: Q, returning: A.Type = A.self, extraMs: Int64 = 0, failoversMax: Int? = nil,
        deadlineMs: Int64? = nil, patienceMs: Int64? = nil
    ) async throws(HFSError) -> A {
        try await attempt(
            failoversMax: failoversMax ?? patienceMs.map { _ in clients.count - 1 }, deadlineMs: deadlineMs
        ) { (client, attempt) async throws(HFSError) in
            let deadlineMs = min(attempt.deadlineMs, patienceMs ?? .max) + extraMs
            return try await client.call(
                method, request, deadlineMs: deadlineMs, callID: attempt.callID,
                retryCount: attempt.retryCount, of: Self.ownProtocolName, over: attempt.connection)
        }
    }

    /// `callOwn` for messages that are coded by hand.
    func callOwn<Q: WireEncodable & Sendable, A: WireDecodable & Sendable>(
        _ method: String, _ request: Q, returning: A.Type = A.self
    ) async throws(HFSError) -> A {
        try await call(method, request, of: Self.ownProtocolName)
    }

    /// `call` for messages that are coded by hand.
    func call<Q: WireEncodable & Sendable, A: WireDecodable & Sendable>(
        _ method: String, _ request: Q, returning: A.Type = A.self, of protocolName: String? = nil
    ) async throws(HFSError) -> A {
        try await attempt(failoversMax: nil) { (client, attempt) async throws(HFSError) in
            let answer = try await client.call(
                method, body: request, deadlineMs: attempt.deadlineMs, callID: attempt.callID,
                retryCount: attempt.retryCount, of: protocolName, over: attempt.connection)
            return try A(decoding: answer)
        }
    }

    /// One sending of a call.
    private struct Attempt: Sendable {
        let callID: Int32
        let retryCount: Int32
        let deadlineMs: Int64
        /// The only connection that it may go over; nil: any.
        var connection: UInt64?
    }

    private func attempt<A: Sendable>(
        failoversMax: Int?, deadlineMs: Int64? = nil, _ send: (RPCClient, Attempt) async throws(HFSError) -> A
    ) async throws(HFSError) -> A {
        let deadlineMs = clock.monotonicMs + min(deadlineMs ?? .max, configuration.operationDeadlineMs)
        let callID = callIDs.next()
        var pause = pause(firstMs: configuration.retryPauseMs, deadlineMs: deadlineMs)
        var tries = 0
        while true {
            let index = current.load(ordering: .relaxed)
            var attempt = Attempt(
                callID: callID, retryCount: Int32(clamping: tries), deadlineMs: max(deadlineMs - clock.monotonicMs, 1))
            do throws(HFSError) {
                attempt.connection = try await tellAgain(over: clients[index], deadlineMs: attempt.deadlineMs)
                return try await send(clients[index], attempt)
            } catch {
                tries += 1
                if error.code == .connectionLost || error.code == .connectionFailed { reads.connectionBroke() }
                guard Self.isWorthAnotherTry(error), tries <= failoversMax ?? configuration.failoversMax else {
                    throw error
                }
                if error.code != .retriable { leave(index) }
                // Others may answer at once; only a whole round without an answer is worth waiting for.
                if error.code == .retriable || tries % clients.count == 0 { try await pause.wait(orThrow: error) }
            }
        }
    }

    func close() async {
        for client in clients { await client.close() }
    }

    private static func isWorthAnotherTry(_ error: HFSError) -> Bool {
        switch error.code {
        case .connectionFailed, .connectionLost, .standby, .retriable: true
        default: false
        }
    }

    /// Turns to the next namenode, unless another call has done so.
    private func leave(_ index: Int) {
        _ = current.compareExchange(expected: index, desired: (index + 1) % clients.count, ordering: .relaxed)
    }

    private func pause(firstMs: Int64, deadlineMs: Int64) -> RetryPause {
        RetryPause(
            firstMs: firstMs, longestMs: Self.pauseMsMax, deadlineMs: deadlineMs, clock: clock, eventLoop: eventLoop)
    }
}
