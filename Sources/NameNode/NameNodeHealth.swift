import Core
import MetaStore
import Transport

/// The `/health` page: 200 while calls are answered, with what a person wants to know first.
enum NameNodeHealth {
    static func page(_ namenode: NameNode) -> AdminResponse {
        let blocks = namenode.blocks.statistics()
        let safemode = namenode.blocks.safemode.isOn
        let text = """
            {"status":"ok","clusterID":"\(namenode.clusterID)","lsn":\(namenode.engine.publishedLSN),\
            "safemode":\(safemode),"liveDatanodes":\(blocks.liveDatanodes),"deadDatanodes":\(blocks.deadDatanodes),\
            "underReplicatedBlocks":\(blocks.underReplicatedBlocks),"missingBlocks":\(blocks.missingBlocks),\
            "openFiles":\(namenode.leases.openFileCount)}

            """
        return .json(text)
    }
}
