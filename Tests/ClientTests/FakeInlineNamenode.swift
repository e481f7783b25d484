import Core
import Synchronization
import Transport
import WireProtocol

/// The part of a namenode that takes small files' bytes, beside a `FakeNamenode`.
final class FakeInlineNamenode: RPCService {
    let protocolName = "hfs.FileSystemProtocol"
    private let kept = Mutex<[UInt8]?>(nil)

    /// What the last file was closed with.
    var content: [UInt8]? { kept.withLock { $0 } }

    func handle(_ call: RPCCall) {
        do throws(HFSError) {
            guard call.method == "completeInline" else {
                throw HFSError(.noSuchMethod, "Unknown method \(call.method)")
            }
            let bytes = try CompleteInlineRequest(decoding: call.body).bytes
            kept.withLock { $0 = bytes }
            call.reply(encoding: BooleanResponse(true))
        } catch {
            call.fail(error)
        }
    }
}
