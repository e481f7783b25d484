/// An absolute path as HDFS allows it, checked and kept as its bytes.
///
/// Errors are HDFS's: `InvalidPathException` for a relative or empty path, an empty, `.` or `..` component, a `:` inside
/// a component, NUL or invalid UTF-8. One trailing slash is accepted.
public struct FilePath: Hashable, Sendable, CustomStringConvertible {
    /// A slash before each name and nowhere else; one slash for the root.
    package let utf8: [UInt8]
    /// How many names there are.
    package let count: Int

    package init(components: some Collection<FileName>) {
        guard !components.isEmpty else {
            self = .root
            return
        }
        var utf8: [UInt8] = []
        utf8.reserveCapacity(components.reduce(0) { $0 + 1 + $1.utf8.count })
        for component in components {
            utf8.append(UInt8(ascii: "/"))
            utf8.append(contentsOf: component.utf8)
        }
        self.init(utf8, count: components.count)
    }

    private init(_ utf8: [UInt8], count: Int) {
        self.utf8 = utf8
        self.count = count
    }

    public static let root = FilePath([UInt8(ascii: "/")], count: 0)

    public init(_ text: String) throws(HFSError) {
        var text = text
        guard let parsed = text.withUTF8({ Self.parse($0) }) else {
            throw HFSError(.invalidPath, "Invalid path name Invalid file name: \(text)")
        }
        self = parsed
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> FilePath? {
        guard bytes.first == UInt8(ascii: "/") else { return nil }
        var count = 0
        var start = 1
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "/") {
                if bytes[end] == 0 || bytes[end] == UInt8(ascii: ":") { return nil }
                end += 1
            }
            let dots = end - start <= 2 && bytes[start..<end].allSatisfy { $0 == UInt8(ascii: ".") }
            // No bytes at all, `.` and `..`.
            if dots { return nil }
            count += 1
            start = end + 1
        }
        guard count > 0 else { return .root }
        let isSlashLast = bytes[bytes.count - 1] == UInt8(ascii: "/")
        return FilePath(Array(isSlashLast ? bytes.dropLast() : bytes[...]), count: count)
    }

    public var isRoot: Bool { count == 0 }
    public var components: [FileName] { ranges.map { FileName(checkedUTF8: Array(utf8[$0])) } }
    public var name: FileName? { ranges.last.map { FileName(checkedUTF8: Array(utf8[$0])) } }
    public var parent: FilePath? { isRoot ? nil : prefix(count - 1) }

    /// The name at a place: 0 is the one below the root.
    package func component(_ index: Int) -> FileName { FileName(checkedUTF8: Array(utf8[ranges[index]])) }

    /// The path of the first `count` names.
    package func prefix(_ count: Int) -> FilePath {
        guard count > 0 else { return .root }
        guard count < self.count else { return self }
        return FilePath(Array(utf8[..<ranges[count - 1].upperBound]), count: count)
    }

    /// Where the names lie in `utf8`.
    private var ranges: [Range<Int>] {
        var ranges: [Range<Int>] = []
        guard !isRoot else { return ranges }
        ranges.reserveCapacity(count)
        var start = 1
        for index in 1...utf8.count where index == utf8.count || utf8[index] == UInt8(ascii: "/") {
            ranges.append(start..<index)
            start = index + 1
        }
        return ranges
    }

    /// True when `other` is this path or lies below it.
    public func contains(_ other: FilePath) -> Bool {
        guard !isRoot else { return true }
        return other.utf8.starts(with: utf8)
            && (other.utf8.count == utf8.count || other.utf8[utf8.count] == UInt8(ascii: "/"))
    }

    public func appending(_ name: FileName) -> FilePath {
        FilePath((isRoot ? [] : utf8) + [UInt8(ascii: "/")] + name.utf8, count: count + 1)
    }

    public var description: String { String(decoding: utf8, as: UTF8.self) }
}
