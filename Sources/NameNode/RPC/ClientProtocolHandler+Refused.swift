import Core
import Transport
import WireProtocol

/// Calls that exist in HDFS and that this namenode refuses by name, as HDFS refuses what is switched off.
extension ClientProtocolHandler {
    static let refused: [(String, Method)] = [
        ("createSymlink", { _, _ throws(HFSError) in throw HFSError(.unsupported, "Symlinks not supported") }),
        ("concat", { _, _ throws(HFSError) in throw HFSError(.unsupported, "concat is not supported") }),
        ("truncate", { _, _ throws(HFSError) in throw HFSError(.unsupported, "truncate is not supported") }),
        ("allowSnapshot", { _, _ throws(HFSError) in throw HFSError(.unsupported, "Snapshots are not supported") }),
        ("disallowSnapshot", { _, _ throws(HFSError) in throw HFSError(.unsupported, "Snapshots are not supported") }),
        (
            "createSnapshot",
            { _, call throws(HFSError) in
                throw notSnapshottable(try call.request(Hadoop_Hdfs_CreateSnapshotRequestProto.self).snapshotRoot)
            }
        ),
        (
            "renameSnapshot",
            { _, call throws(HFSError) in
                throw notSnapshottable(try call.request(Hadoop_Hdfs_RenameSnapshotRequestProto.self).snapshotRoot)
            }
        ),
        (
            "deleteSnapshot",
            { _, call throws(HFSError) in
                throw notSnapshottable(try call.request(Hadoop_Hdfs_DeleteSnapshotRequestProto.self).snapshotRoot)
            }
        ),
    ]

    private static func notSnapshottable(_ path: String) -> HFSError {
        HFSError(.snapshotRefused, "Directory is not a snapshottable directory: \(path)")
    }
}
