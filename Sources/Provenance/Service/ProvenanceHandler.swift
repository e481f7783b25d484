import Core
import Lineage
import Synchronization
import Transport
import WireProtocol

/// The service's one protocol: questions, each answered in a task of its own that the connection's end cancels.
final class ProvenanceHandler: RPCService {
    /// What answers: the graph as one user may see it, and the first record that it does not know of.
    typealias Answering = @Sendable (LineageQuery, _ user: String) async throws(HFSError) -> (LineageAnswer, LSN)

    /// Questions at once; more are answered with `.retriable`.
    private static let questionsMax = 64

    let protocolName = ProvenanceClient.protocolName
    let methodNames = ["query"]
    private let answering: Answering
    private let running = Mutex(0)

    init(answering: @escaping Answering) { self.answering = answering }

    func handle(_ call: RPCCall) {
        do throws(HFSError) {
            let query = try LineageQuery(call.request(Hfs_Provenance_QueryRequest.self))
            guard
                running.withLock({ count in
                    count += 1
                    return count <= Self.questionsMax
                })
            else {
                leave()
                throw HFSError(.retriable, "The provenance service answers \(Self.questionsMax) questions already")
            }
            Task {
                defer { leave() }
                do throws(HFSError) {
                    let (answer, next) = try await answering(query, call.connection.user)
                    call.reply(answer.proto(next: next))
                } catch {
                    call.fail(error)
                }
            }
        } catch {
            call.fail(error)
        }
    }

    private func leave() { running.withLock { $0 -= 1 } }
}
