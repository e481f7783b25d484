package import Core
package import NIOCore
package import SwiftProtobuf
import Synchronization
package import WireProtocol

/// One call of one client: what was asked, and the way to answer it.
///
/// Exactly one of `reply` and `fail` is called, once, from any thread; a second answer is dropped. A call that is never
/// answered holds its place in the connection's bound until the connection closes.
package final class RPCCall: Sendable {
    /// The method's name; the service's own string when it lists its methods.
    package let method: String
    /// Index into the service's `methodNames`; -1 when the service lists none.
    package let methodIndex: Int
    /// The request message's bytes, without length prefix.
    package let body: ByteBuffer
    /// As sent: 16 bytes by all known clients.
    package let clientID: [UInt8]
    package let callID: Int32
    /// -1 or 0 for a first attempt (clients differ), then counting up.
    package let retryCount: Int32
    /// Free text that the client's host program set; empty when none.
    package let callerContext: String
    package let connection: RPCPeer

    /// When its bytes were read from the socket.
    package let receivedAt: NIODeadline

    private let replies: any RPCReplySink
    private let isAnswered = Atomic<Bool>(false)

    /// Made by the server for each call; a test may make one with a sink of its own.
    package init(
        method: String, methodIndex: Int, body: ByteBuffer, clientID: [UInt8], callID: Int32, retryCount: Int32,
        callerContext: String, connection: RPCPeer, receivedAt: NIODeadline = .now(), replies: any RPCReplySink
    ) {
        self.method = method
        self.methodIndex = methodIndex
        self.body = body
        self.clientID = clientID
        self.callID = callID
        self.retryCount = retryCount
        self.callerContext = callerContext
        self.connection = connection
        self.receivedAt = receivedAt
        self.replies = replies
    }

    /// The key under which an at-most-once answer is remembered; nil when the client cannot repeat calls.
    package var retryKey: RPCCallKey? { RPCCallKey(clientID: clientID, callID: callID) }

    /// Decodes the request.
    /// - Throws: `.malformedRequest` when the bytes are damaged or a required field is missing.
    package func request<M: Message>(_ type: M.Type = M.self) throws(HFSError) -> M {
        try MessageCoding.decode(type, from: body)
    }

    /// Answers with a message. One that lacks required fields or cannot be encoded becomes an error answer.
    package func reply(_ message: some Message) {
        do throws(HFSError) {
            reply(bytes: try MessageCoding.encode(message))
        } catch {
            fail(HFSError(.io, "Cannot encode the answer to \(method)", cause: error.message))
        }
    }

    /// Answers with a value that encodes itself.
    package func reply(encoding value: some WireEncodable) {
        reply { buffer in value.encode(into: &buffer) }
    }

    /// Answers with the bytes of an encoded message (no length prefix); an empty array is a void answer.
    package func reply(bytes: [UInt8]) {
        reply { buffer in buffer.writeBytes(bytes) }
    }

    /// Answers with what `fill` appends to the buffer: an encoded message without length prefix. `fill` runs at once, here.
    package func reply(_ fill: (inout ByteBuffer) -> Void) {
        guard claimAnswer() else { return }
        replies.succeed(self, fill)
    }

    /// Answers with an error; the connection stays open.
    package func fail(_ error: HFSError) {
        guard claimAnswer() else { return }
        replies.fail(self, error)
    }

    private func claimAnswer() -> Bool {
        isAnswered.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
    }
}
