/// Remembers the few texts that come again in every frame of a connection (protocol, methods, caller context), so that
/// they are not allocated for each call. Bounded: a peer that invents names gains nothing.
struct RPCTextCache {
    private static let entriesMax = 48
    private static let textBytesMax = 256
    private var entries: [(utf8: [UInt8], text: String)] = []

    /// The text with these bytes; nil when they are not UTF-8.
    mutating func text(_ utf8: UnsafeRawBufferPointer) -> String? {
        for entry in entries where Self.isEqual(entry.utf8, utf8) { return entry.text }
        guard let text = String(validating: utf8, as: UTF8.self) else { return nil }
        if entries.count < Self.entriesMax, utf8.count <= Self.textBytesMax { entries.append(([UInt8](utf8), text)) }
        return text
    }

    /// Byte by byte equality, eight at a time: this runs for each name in each frame.
    static func isEqual(_ a: [UInt8], _ b: UnsafeRawBufferPointer) -> Bool {
        guard a.count == b.count else { return false }
        return a.withUnsafeBytes { a in
            var index = 0
            while index + 8 <= a.count {
                let left = a.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                guard left == b.loadUnaligned(fromByteOffset: index, as: UInt64.self) else { return false }
                index += 8
            }
            while index < a.count {
                guard a[index] == b[index] else { return false }
                index += 1
            }
            return true
        }
    }
}
