internal import FoundationEssentials

/// Byte fields of the attribute messages as arrays.
extension Hfs_Filesystem_CompareAndSetAttributeRequest {
    package var oldBytes: [UInt8]? { hasOld ? [UInt8](old) : nil }
    package var newBytes: [UInt8]? { hasNew ? [UInt8](new) : nil }
    package mutating func setOld(_ bytes: [UInt8]) { old = Data(bytes) }
    package mutating func setNew(_ bytes: [UInt8]) { new = Data(bytes) }
}

extension Hfs_Filesystem_CompareAndSetAttributeResponse {
    package var currentBytes: [UInt8]? { hasCurrent ? [UInt8](current) : nil }
}

extension Hfs_Filesystem_FoundAttribute {
    package init(_ name: String, _ bytes: [UInt8]) {
        self.init()
        self.name = name
        value = Data(bytes)
    }

    package var bytes: [UInt8] { [UInt8](value) }
}
