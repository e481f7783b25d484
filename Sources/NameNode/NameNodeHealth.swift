import Core
import FoundationEssentials
import MetaStore
import Transport

/// The `/health` page, JSON: 200 while all is well, 503 when the metadata engine cannot do its work or takes no changes; with
/// what a person wants to know first.
enum NameNodeHealth {
    private struct Page: Encodable {
        /// `ok`, `degraded` (something is wrong, `metadata` says what) or `failed` (the process is about to end).
        var status: String
        var clusterID: String
        var lsn: UInt64
        var safemode: Bool
        var liveDatanodes: Int
        var deadDatanodes: Int
        var underReplicatedBlocks: Int
        var missingBlocks: Int
        var openFiles: Int
        var metadata: Metadata
    }

    private struct Metadata: Encodable {
        /// Edits that the slowest shard's file lacks.
        var lagEdits: UInt64
        /// Changes are held up or refused until the shards have come closer to the log.
        var isLagGateClosed: Bool
        var problems: [String]
    }

    static func page(_ namenode: NameNode, _ engine: EngineHealth) -> AdminResponse {
        let blocks = namenode.blocks.statistics()
        let page = Page(
            status: engine.failure != nil ? "failed" : engine.isGood ? "ok" : "degraded",
            clusterID: namenode.clusterID, lsn: namenode.engine.publishedLSN.rawValue,
            safemode: namenode.blocks.safemode.isOn, liveDatanodes: blocks.liveDatanodes,
            deadDatanodes: blocks.deadDatanodes, underReplicatedBlocks: blocks.underReplicatedBlocks,
            missingBlocks: blocks.missingBlocks, openFiles: namenode.leases.openFileCount,
            metadata: Metadata(
                lagEdits: engine.lagEdits, isLagGateClosed: engine.isLagGateClosed,
                problems: (engine.failure.map { [$0.description] } ?? []) + engine.problems))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            let text = String(decoding: try encoder.encode(page), as: UTF8.self)
            return .health(json: text + "\n", isHealthy: engine.isGood)
        } catch {
            return .health("the health page cannot be written: \(error)\n", isHealthy: false)
        }
    }
}
