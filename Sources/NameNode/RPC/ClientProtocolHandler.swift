import Core
import Logging
import MetaStore
import NIOCore
package import Transport
import WireProtocol

/// HDFS's ClientProtocol: decodes a call, makes the operation or read it asks for, replies.
///
/// Runs on event loops and never blocks; replies to mutations leave on engine threads.
package final class ClientProtocolHandler: NamespaceService {
    typealias Method = @Sendable (ClientProtocolHandler, RPCCall) throws(HFSError) -> Void

    package let protocolName = "org.apache.hadoop.hdfs.protocol.ClientProtocol"
    package let methodNames: [String]

    let writer: NamespaceWriter
    let recovery: LeaseRecovery
    let groups: GroupMapping
    let rules: NamespaceRules
    let clock: any HFSClock
    let logger: Logger
    private let methods: [Method]

    var leases: LeaseManager { writer.leases }
    var locator: BlockLocator { BlockLocator(blocks: blocks, poolID: rules.poolID) }

    init(
        writer: NamespaceWriter, recovery: LeaseRecovery, groups: GroupMapping, rules: NamespaceRules,
        clock: any HFSClock,
        logger: Logger
    ) {
        self.writer = writer
        self.recovery = recovery
        self.groups = groups
        self.rules = rules
        self.clock = clock
        self.logger = logger
        let table =
            Self.reads + Self.attributeReads + Self.clusterReads + Self.writes + Self.attributeWrites + Self.fileWrites
            + Self.tokens + Self.inotify + Self.refused
        methodNames = table.map(\.0)
        methods = table.map(\.1)
    }

    package func handle(_ call: RPCCall) {
        guard methods.indices.contains(call.methodIndex) else {
            return call.fail(
                HFSError(.noSuchMethod, "Unknown method \(call.method) called on \(protocolName) protocol."))
        }
        do throws(HFSError) {
            try methods[call.methodIndex](self, call)
        } catch {
            call.fail(error)
        }
    }
}
