import Core

/// A file or directory as `--json` shows it.
struct FileRecord: Encodable {
    let path: String
    let kind: String
    let length: UInt64
    let mode: String
    let permissions: String
    let owner: String
    let group: String
    let modifiedMs: Int64
    let accessedMs: Int64
    let replication: UInt16
    let blockSize: UInt64
    let inode: UInt64
    let childrenCount: Int32?
    let hasACL: Bool

    init(_ path: String, _ status: FileStatus) {
        self.path = path
        kind = status.isDirectory ? "directory" : "file"
        length = status.length
        mode = String(status.mode.bits, radix: 8)
        permissions = status.modeText
        owner = status.owner
        group = status.group
        modifiedMs = status.modifiedMs
        accessedMs = status.accessedMs
        replication = status.replication
        blockSize = status.blockSize
        inode = status.inode.rawValue
        childrenCount = status.isDirectory && status.childrenCount >= 0 ? status.childrenCount : nil
        hasACL = status.hasACL
    }
}
