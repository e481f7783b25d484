internal import Core
package import MetaStore

/// Rows in words, for `hfs debug`: tolerant, for rows that may be damaged.
package enum RowDescription {
    /// What `image` says, by its table's layout; why not, when it does not decode.
    package static func text(_ key: RowKey, _ image: [UInt8]) -> String {
        do throws(HFSError) {
            switch key.table {
            case .dentry: return "\(try DentryRow(image: image))"
            case .locator: return "\(try LocatorRow(image: image))"
            case .directory: return "\(try DirectoryRow(image: image))"
            case .block: return "\(try BlockRow(image: image))"
            case .inline:
                let row = try InlineRow(image: image)
                return "InlineRow(\(row.bytes.count) bytes, checksum \(row.checksum))"
            case .lease: return "\(try LeaseRow(image: image))"
            case .fileBlock: return "\(try FileBlockRow(image: image))"
            case .cursor: return "\(try CursorRow(image: image))"
            default: return "\(image.count) bytes"
            }
        } catch {
            return "does not decode: \(error)"
        }
    }
}
