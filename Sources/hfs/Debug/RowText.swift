import MetaStore
import NameNode

/// A row's key as people read it: `dentry 16385 "tmp"`.
enum RowText {
    static func key(_ key: RowKey) -> String {
        guard !key.sub.isEmpty else { return "\(key.table) \(key.id)" }
        let isName = key.table == .dentry
        return
            "\(key.table) \(key.id) \(isName ? "\"\(String(decoding: key.sub, as: UTF8.self))\"" : Format.hex(key.sub))"
    }

    static func line(_ row: ShardInspector.Row) -> String {
        let damage = row.isIntact ? "" : "  DAMAGED: its checksum does not fit"
        return "\(key(row.key))  lsn \(row.lsn)  \(RowDescription.text(row.key, row.image))\(damage)"
    }
}
