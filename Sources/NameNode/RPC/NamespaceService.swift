import Core
import MetaStore
import Transport

/// What the protocols of the namespace share: who calls, running a read, submitting a mutation, replying.
///
/// A conforming type decodes calls on event loops and never blocks; replies to mutations leave on engine threads.
protocol NamespaceService: RPCService {
    var writer: NamespaceWriter { get }
    var groups: GroupMapping { get }
    var rules: NamespaceRules { get }
}

extension NamespaceService {
    var engine: any MetadataEngine { writer.engine }
    var blocks: BlockManager { writer.blocks }
    var identities: Identities { writer.identities }

    /// The user of the connection with its groups and run: at once when they are known, else later on another thread. A call
    /// in the name of a run that it has no right to, or that has ended, fails.
    func withCaller(_ call: RPCCall, _ body: @escaping @Sendable (Caller) -> Void) {
        let run: RunID?
        do throws(HFSError) {
            run = try identities.run(of: call.connection, context: call.callerContext)
        } catch {
            return call.fail(error)
        }
        if let known = groups.cached(call.connection.user) { return body(caller(call, known, run)) }
        groups.groups(of: call.connection.user) { [self] found in body(caller(call, found, run)) }
    }

    private func caller(_ call: RPCCall, _ groups: [String], _ run: RunID?) -> Caller {
        let user = call.connection.user
        return Caller(
            user: user, groups: groups, isSuperuser: user == rules.superuser || groups.contains(rules.supergroup),
            address: call.connection.address, callerContext: Caller.cut(call.callerContext), run: run)
    }

    /// Runs a read and has `answer` reply to it.
    func read<R: NamespaceRead>(
        _ call: RPCCall, _ make: @escaping @Sendable (Caller) -> R,
        _ answer: @escaping @Sendable (R.Value, Caller) -> Void
    ) {
        withCaller(call) { [engine] caller in
            let question = make(caller)
            engine.read({ view throws(PlanInterrupt) in try question.run(view) }) { result in
                switch result {
                case .success(let value): answer(value, caller)
                case .failure(let error): call.fail(error)
                }
            }
        }
    }

    /// Runs a read here and now, in the caller's name; nil when the caller's groups or some rows are not in memory.
    ///
    /// Nearly all reads end here, and nothing is allocated for one that does.
    func readNow<R: NamespaceRead>(_ call: RPCCall, _ question: inout R) -> Result<R.Value, HFSError>? {
        guard let known = groups.cached(call.connection.user) else { return nil }
        do throws(HFSError) {
            let run = try identities.run(of: call.connection, context: call.callerContext)
            question.caller = caller(call, known, run)
        } catch {
            return .failure(error)
        }
        var result: Result<R.Value, HFSError>?
        engine.readNow { view in
            do throws(PlanInterrupt) {
                result = .success(try question.run(view))
            } catch {
                if case .refused(let error) = error { result = .failure(error) }
            }
        }
        return result
    }

    /// Answers with the bytes that a read gives.
    func answer<R: NamespaceRead>(_ call: RPCCall, _ question: R) where R.Value == [UInt8] {
        var question = question
        switch readNow(call, &question) {
        case .success(let bytes): call.reply(bytes: bytes)
        case .failure(let error): call.fail(error)
        case nil: read(call, { [question] in question.asked(by: $0) }) { bytes, _ in call.reply(bytes: bytes) }
        }
    }

    /// Submits a mutation once writes are allowed, and replies.
    ///
    /// `refusal`: HDFS's words for what safemode prevents. `atMostOnce`: a repetition gets the first answer (HDFS's
    /// AtMostOnce methods; all others are idempotent by themselves).
    func write<O: NamespaceOperation>(
        _ call: RPCCall, refusal: @autoclosure @escaping @Sendable () -> String, atMostOnce: Bool = false,
        _ make: @escaping @Sendable (Caller) -> O
    ) {
        whenWritable(call, refusal) { [self] caller in
            writer.submit(make(caller), retry: atMostOnce ? retryKey(call) : nil) { result in Self.reply(call, result) }
        }
    }

    func retryKey(_ call: RPCCall) -> RetryKey? {
        call.retryKey == nil ? nil : RetryKey(clientID: call.clientID, callID: call.callID)
    }

    static func reply(_ call: RPCCall, _ result: Result<Outcome<Answer>, HFSError>) {
        switch result {
        case .success(.done(let answer)): call.reply { answer.body.encode(into: &$0) }
        case .success(.replayed(let bytes)): call.reply(bytes: bytes)
        case .failure(let error): call.fail(error)
        }
    }

    /// Calls `body` when writes are allowed. During start-up a write waits some seconds for the end of safemode; one that
    /// somebody turned on refuses at once.
    func whenWritable(
        _ call: RPCCall, _ refusal: @escaping @Sendable () -> String, _ body: @escaping @Sendable (Caller) -> Void
    ) {
        guard blocks.safemode.isOn else { return withCaller(call, body) }
        let holdMs = blocks.safemode.isManual ? 0 : Limits.safeModeHoldMs
        blocks.safemode.whenOff(withinMs: holdMs) { [self] isOff in
            guard isOff else {
                return call.fail(
                    HFSError(.safeMode, "\(refusal()). Name node is in safe mode.\n\(blocks.safemode.reason)"))
            }
            withCaller(call, body)
        }
    }
}
