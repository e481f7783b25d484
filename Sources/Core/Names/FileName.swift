/// One component of a path: 1 to 255 bytes of UTF-8 without `/` and NUL, ordered and compared by its bytes.
///
/// Bytes, not `String`: Swift compares strings by canonical equivalence, HDFS compares names byte by byte.
public struct FileName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let utf8: [UInt8]

    /// The name with these bytes, which the caller has checked (`FilePath`) or read from a checked row.
    package init(checkedUTF8 utf8: [UInt8]) { self.utf8 = utf8 }

    public static func < (a: Self, b: Self) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
    public var description: String { String(decoding: utf8, as: UTF8.self) }
}
