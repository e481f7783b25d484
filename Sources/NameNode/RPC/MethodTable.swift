import Core
import Transport

/// A protocol's methods: their names for the server, and by the same places what each does with a call.
struct MethodTable<Handler: RPCService>: Sendable {
    typealias Method = @Sendable (Handler, RPCCall) throws(HFSError) -> Void

    let names: [String]
    private let methods: [Method]

    init(_ table: [(String, Method)]) {
        names = table.map(\.0)
        methods = table.map(\.1)
    }

    /// Runs the method of a call; what it throws is the call's answer.
    func run(_ call: RPCCall, by handler: Handler) {
        guard methods.indices.contains(call.methodIndex) else {
            return call.fail(
                HFSError(.noSuchMethod, "Unknown method \(call.method) called on \(handler.protocolName) protocol."))
        }
        do throws(HFSError) {
            try methods[call.methodIndex](handler, call)
        } catch {
            call.fail(error)
        }
    }
}
