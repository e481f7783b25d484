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
    typealias Method = MethodTable<ClientProtocolHandler>.Method

    package let protocolName = "org.apache.hadoop.hdfs.protocol.ClientProtocol"
    package var methodNames: [String] { methods.names }

    let writer: NamespaceWriter
    let recovery: LeaseRecovery
    let groups: GroupMapping
    let rules: NamespaceRules
    let clock: any HFSClock
    let logger: Logger
    private let methods: MethodTable<ClientProtocolHandler>

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
        methods = MethodTable(
            Self.reads + Self.attributeReads + Self.clusterReads + Self.writes + Self.attributeWrites + Self.fileWrites
                + Self.tokens + Self.inotify + Self.refused)
    }

    package func handle(_ call: RPCCall) { methods.run(call, by: self) }
}
