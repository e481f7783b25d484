import Core

/// How many copies a file may want (HDFS `BlockManager.verifyReplication`).
enum Replication {
    static func check(_ count: Int, path: FilePath, client: String?, _ rules: NamespaceRules) throws(HFSError) {
        guard count < 1 || count > rules.replicationMax else { return }
        let text = "file \(path)" + (client.map { " on client \($0)" } ?? "") + ".\nRequested replication \(count)"
        throw HFSError(
            .io,
            text
                + (count < 1
                    ? " is less than the required minimum 1" : " exceeds maximum \(rules.replicationMax)"))
    }
}
