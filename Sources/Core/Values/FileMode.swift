/// Permission bits of an inode: rwx for owner, group and other, and the sticky bit (01000).
public struct FileMode: Hashable, Sendable, CustomStringConvertible {
    public let bits: UInt16

    /// Keeps the low ten bits; HDFS has no set-user-id and no set-group-id.
    public init(_ bits: UInt16) { self.bits = bits & 0o1777 }

    public static let directoryDefault = FileMode(0o755)
    public static let fileDefault = FileMode(0o644)

    public var isSticky: Bool { bits & 0o1000 != 0 }
    public var owner: AccessMode { AccessMode(rawValue: UInt8(bits >> 6 & 7)) }
    public var group: AccessMode { AccessMode(rawValue: UInt8(bits >> 3 & 7)) }
    public var other: AccessMode { AccessMode(rawValue: UInt8(bits & 7)) }

    /// The nine letters of `ls`, the last one `t` or `T` with the sticky bit.
    public var description: String {
        var text = owner.description + group.description + other.description
        if isSticky {
            text.removeLast()
            text += other.contains(.execute) ? "t" : "T"
        }
        return text
    }
}
