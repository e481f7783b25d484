/// An absolute path as HDFS allows it, taken apart and checked.
///
/// Errors are HDFS's: `InvalidPathException` for a relative or empty path, an empty, `.` or `..` component, a `:` inside
/// a component, NUL or invalid UTF-8. One trailing slash is accepted.
public struct FilePath: Hashable, Sendable, CustomStringConvertible {
    public let components: [FileName]

    package init(components: [FileName]) { self.components = components }

    public static let root = FilePath(components: [])

    public init(_ text: String) throws(HFSError) {
        var text = text
        let parsed = text.withUTF8 { Self.parse($0) }
        switch parsed {
        case .success(let components): self.components = components
        case .failure(let error): throw error
        }
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<[FileName], HFSError> {
        func invalid() -> Result<[FileName], HFSError> {
            .failure(
                HFSError(.invalidPath, "Invalid path name Invalid file name: \(String(decoding: bytes, as: UTF8.self))")
            )
        }
        guard bytes.first == UInt8(ascii: "/") else { return invalid() }
        var components: [FileName] = []
        var start = 1
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "/") {
                if bytes[end] == 0 || bytes[end] == UInt8(ascii: ":") { return invalid() }
                end += 1
            }
            let component = bytes[start..<end]
            if component.isEmpty || component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) {
                return invalid()
            }
            components.append(FileName(checkedUTF8: Array(component)))
            start = end + 1
        }
        return .success(components)
    }

    public var isRoot: Bool { components.isEmpty }
    public var name: FileName? { components.last }
    public var parent: FilePath? { components.isEmpty ? nil : FilePath(components: Array(components.dropLast())) }

    /// True when `other` is this path or lies below it.
    public func contains(_ other: FilePath) -> Bool {
        other.components.count >= components.count && zip(components, other.components).allSatisfy { $0 == $1 }
    }

    public func appending(_ name: FileName) -> FilePath { FilePath(components: components + [name]) }

    public var description: String {
        guard !components.isEmpty else { return "/" }
        let count = components.reduce(0) { $0 + 1 + $1.utf8.count }
        return String(unsafeUninitializedCapacity: count) { buffer in
            var next = 0
            for component in components {
                buffer[next] = UInt8(ascii: "/")
                next += 1
                for byte in component.utf8 {
                    buffer[next] = byte
                    next += 1
                }
            }
            return next
        }
    }
}
