/// A mutating operation: a pure function from a view of the metadata to a mutation and a reply.
package protocol Operation: Sendable {
    associatedtype Reply: OperationReply

    var origin: EditOrigin { get }

    /// Decides what changes. Reads only `view` and `inputs`; throws `.refused` for an error that the client gets.
    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Reply>

    /// The planned mutation has its place in the log. Called once, by the thread that planned it, before it plans anything
    /// else; not for an empty or refused mutation. Must not block.
    func logged()
}

extension Operation {
    package func logged() {}
}

/// The answer of an operation. Its wire form is kept with the mutation, so that a retried call gets the same bytes.
package protocol OperationReply: Sendable {
    /// The response message's body, as the RPC server sends it.
    func wireBytes() -> [UInt8]
}

/// What a plan decided: the change, and the answer that goes out once it is durable.
package struct Planned<Reply: Sendable>: Sendable {
    package var mutation: Mutation
    package var reply: Reply

    package init(_ mutation: Mutation, _ reply: Reply) {
        self.mutation = mutation
        self.reply = reply
    }
}

/// Identifies a call that must happen at most once: HDFS's 16-byte client id and call id.
package struct RetryKey: Hashable, Sendable {
    package var clientID: [UInt8]
    package var callID: Int32

    package init(clientID: [UInt8], callID: Int32) {
        self.clientID = clientID
        self.callID = callID
    }
}

/// How an operation ended.
package enum Outcome<Reply: Sendable>: Sendable {
    /// It ran now.
    case done(Reply)
    /// A call with this retry key ran before; these are the bytes of its answer.
    case replayed([UInt8])
}
