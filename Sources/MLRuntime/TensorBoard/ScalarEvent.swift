/// A value of a curve in an event file.
struct ScalarEvent: Hashable, Sendable {
    var tag: String
    var value: Double
    var step: Int
    /// Milliseconds since 1970.
    var timeMs: Int64

    /// Those in one event, in their order: values as `simple_value` or as tensors of one number, which TensorFlow 2 writes.
    static func read(_ event: ArraySlice<UInt8>) -> [ScalarEvent] {
        var (timeMs, step): (Int64, Int) = (0, 0)
        var values: [(String, Double)] = []
        var reader = MessageReader(event)
        while let (field, value) = reader.next() {
            switch (field, value) {
            case (1, .fixed64(let bits)): timeMs = Int64(exactly: (Double(bitPattern: bits) * 1000).rounded()) ?? 0
            case (2, .number(let number)): step = Int(truncatingIfNeeded: number)
            case (5, .bytes(let summary)):
                var parts = MessageReader(summary)
                while let part = parts.next() {
                    if case (1, .bytes(let bytes)) = part, let scalar = scalar(bytes) { values.append(scalar) }
                }
            default: break
            }
        }
        return values.map { ScalarEvent(tag: $0.0, value: $0.1, step: step, timeMs: timeMs) }
    }

    private static func scalar(_ bytes: ArraySlice<UInt8>) -> (String, Double)? {
        var (tag, number, isScalar): (String?, Double?, Bool) = (nil, nil, true)
        var reader = MessageReader(bytes)
        while let (field, value) = reader.next() {
            switch (field, value) {
            case (1, .bytes(let name)): tag = String(decoding: name, as: UTF8.self)
            case (2, .fixed32(let bits)): number = Double(Float(bitPattern: bits))
            case (8, .bytes(let tensor)): number = single(tensor)
            case (9, .bytes(let metadata)): isScalar = plugin(metadata).map { $0 == "scalars" } ?? true
            default: break
            }
        }
        guard isScalar, let tag, !tag.isEmpty, let number else { return nil }
        return (tag, number)
    }

    /// The number of a tensor of type float or double that holds one.
    private static func single(_ tensor: ArraySlice<UInt8>) -> Double? {
        var type: UInt64 = 0
        var content: ArraySlice<UInt8>?
        var number: Double?
        var reader = MessageReader(tensor)
        while let (field, value) = reader.next() {
            switch (field, value) {
            case (1, .number(let dtype)): type = dtype
            case (4, .bytes(let bytes)): content = bytes
            // Repeated numbers come packed, or one by one.
            case (5, .fixed32(let bits)): number = Double(Float(bitPattern: bits))
            case (6, .fixed64(let bits)): number = Double(bitPattern: bits)
            case (5, .bytes(let packed)), (6, .bytes(let packed)): content = packed
            default: break
            }
        }
        guard let content else { return number }
        let bits = content.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch (type, content.count) {
        case (1, 4): return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case (2, 8): return Double(bitPattern: bits)
        default: return nil
        }
    }

    private static func plugin(_ metadata: ArraySlice<UInt8>) -> String? {
        var reader = MessageReader(metadata)
        while let part = reader.next() {
            guard case (1, .bytes(let data)) = part else { continue }
            var inner = MessageReader(data)
            while let field = inner.next() {
                if case (1, .bytes(let name)) = field { return String(decoding: name, as: UTF8.self) }
            }
        }
        return nil
    }
}
