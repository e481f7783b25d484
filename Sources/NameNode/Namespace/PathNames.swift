import Core

/// The names of a path from the root down, in place. Valid as long as the path's bytes.
struct PathNames {
    private let utf8: UnsafeBufferPointer<UInt8>
    private var position = 1

    /// `utf8` of a `FilePath`.
    init(_ utf8: UnsafeBufferPointer<UInt8>) { self.utf8 = utf8 }

    @inline(__always)
    mutating func next() -> UnsafeRawBufferPointer? {
        guard position < utf8.count else { return nil }
        var end = position
        while end < utf8.count, utf8[end] != UInt8(ascii: "/") { end += 1 }
        defer { position = end + 1 }
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(utf8)[position..<end])
    }
}
