import Core
import Logging
import Synchronization
import Transport
import WireProtocol

/// A namenode whose one file comes with the answer that opens it, under a block token. Can be started again.
final class FakeTracingNamenode: Sendable {
    private final class Service: RPCService {
        let protocolName: String
        private let body: @Sendable (RPCCall) throws(HFSError) -> Void

        init(_ protocolName: String, _ body: @escaping @Sendable (RPCCall) throws(HFSError) -> Void) {
            self.protocolName = protocolName
            self.body = body
        }

        func handle(_ call: RPCCall) {
            do throws(HFSError) { try body(call) } catch { call.fail(error) }
        }
    }

    static let token = BlockAccessToken(identifier: [1, 2, 3], password: [4])

    private let log = Mutex<[String]>([])
    private let server = Mutex<RPCServer?>(nil)
    private let held = Mutex<(isOn: Bool, calls: [RPCCall])>((false, []))

    /// While true what should be logged waits.
    var holdsLogging: Bool {
        get { held.withLock { $0.isOn } }
        set {
            let waiting = held.withLock { held in
                defer { held = (newValue, []) }
                return held.calls
            }
            for call in waiting { call.reply(Hfs_Filesystem_TellReadsResponse()) }
        }
    }

    /// What was called, in order, and how many reads were told.
    var calls: [String] { log.withLock { $0 } }

    /// On this port, or any when it is 0. Answers the port.
    func start(port: UInt16 = 0) async throws -> UInt16 {
        let (started, bound) = try await TestPorts.bind { (any) async throws(HFSError) in
            let server = RPCServer(
                host: "127.0.0.1", port: port == 0 ? any : port, services: self.services,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, metrics: MetricsRegistry())
            return (server, try await server.start())
        }
        server.withLock { $0 = started }
        return bound
    }

    func stop() async { await server.withLock { $0.take() }?.stop(drainMs: 0) }

    private var services: [any RPCService] {
        [
            Service("org.apache.hadoop.hdfs.protocol.ClientProtocol") { [self] (call) throws(HFSError) in
                switch call.method {
                case "getServerDefaults": call.reply(defaults)
                case "mkdirs":
                    log.withLock { $0.append("mkdirs") }
                    call.reply(encoding: BooleanResponse(true))
                case "getBlockLocations":
                    log.withLock { $0.append("open") }
                    call.reply(encoding: locations)
                default: throw HFSError(.noSuchMethod, "Unknown method \(call.method)")
                }
            },
            Service("hfs.FileSystemProtocol") { [self] (call) throws(HFSError) in
                let request: Hfs_Filesystem_TellReadsRequest = try call.request()
                guard request.tokens.allSatisfy({ BlockAccessToken($0) == Self.token }) else {
                    throw HFSError(.invalidArgument, "another token")
                }
                log.withLock { $0.append(request.durably ? "log" : "tell \(request.tokens.count)") }
                let isHeld = held.withLock { held in
                    guard held.isOn, request.durably else { return false }
                    held.calls.append(call)
                    return true
                }
                if !isHeld { call.reply(Hfs_Filesystem_TellReadsResponse()) }
            },
        ]
    }

    private var defaults: Hadoop_Hdfs_GetServerDefaultsResponseProto {
        var answer = Hadoop_Hdfs_GetServerDefaultsResponseProto()
        answer.serverDefaults.blockSize = 1 << 20
        answer.serverDefaults.bytesPerChecksum = 512
        answer.serverDefaults.writePacketSize = 65_536
        answer.serverDefaults.replication = 1
        answer.serverDefaults.fileBufferSize = 4096
        return answer
    }

    private var locations: BlockLocationsResponse {
        let bytes: [UInt8] = [7, 8, 9]
        let block = Block(poolID: "BP", id: BlockID(16), generationStamp: GenerationStamp(1), length: 3)
        let located = LocatedBlock(block: block, offset: 0, locations: [], isCorrupt: false, token: Self.token)
        return BlockLocationsResponse(
            locations: LocatedBlocks(
                fileLength: 3, blocks: [located], isUnderConstruction: false, lastBlock: located,
                isLastBlockComplete: true), inline: (bytes, CRC32C.checksum(bytes)))
    }
}
