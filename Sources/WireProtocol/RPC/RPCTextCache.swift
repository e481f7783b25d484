/// Remembers the few texts that come again in every frame of a connection (protocol, methods, caller context), so that
/// they are not allocated for each call. Bounded: a peer that invents names gains nothing.
struct RPCTextCache {
    private static let entriesMax = 48
    private static let textBytesMax = 256
    private var entries: [String] = []

    /// The text with these bytes; nil when they are not UTF-8.
    mutating func text(_ utf8: UnsafeRawBufferPointer) -> String? {
        for entry in entries where entry.utf8.count == utf8.count && entry.utf8.elementsEqual(utf8) { return entry }
        guard let text = String(validating: utf8, as: UTF8.self) else { return nil }
        if entries.count < Self.entriesMax, utf8.count <= Self.textBytesMax { entries.append(text) }
        return text
    }
}
