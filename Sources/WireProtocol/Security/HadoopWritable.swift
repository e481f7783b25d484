package import Core

/// Hadoop's own encoding of numbers and texts (`WritableUtils`, `Text`), in which token identifiers and files are written.
package struct HadoopWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// One byte for -112...127; else a byte that tells sign and length, then the magnitude.
    package mutating func number(_ value: Int64) {
        guard value < -112 || value > 127 else { return bytes.append(UInt8(bitPattern: Int8(value))) }
        let magnitude = value < 0 ? ~value : value
        let count = (71 - magnitude.leadingZeroBitCount) / 8
        bytes.append(UInt8(bitPattern: Int8((value < 0 ? -120 : -112) - count)))
        for index in (0..<count).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: magnitude >> Int64(8 * index)))
        }
    }

    package mutating func blob(_ value: [UInt8]) {
        number(Int64(value.count))
        bytes.append(contentsOf: value)
    }

    package mutating func text(_ value: String) { blob(Array(value.utf8)) }
    package mutating func raw(_ value: [UInt8]) { bytes.append(contentsOf: value) }
}

/// Reads what `HadoopWriter` writes; what does not fit is `.malformedRequest`.
package struct HadoopReader {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var isAtEnd: Bool { position == bytes.count }

    private func malformed() -> HFSError {
        HFSError(.malformedRequest, "Hadoop-encoded bytes end or make no sense at byte \(position)")
    }

    package mutating func byte() throws(HFSError) -> UInt8 {
        guard position < bytes.count else { throw malformed() }
        defer { position += 1 }
        return bytes[position]
    }

    package mutating func number() throws(HFSError) -> Int64 {
        let first = Int8(bitPattern: try byte())
        guard first < -112 else { return Int64(first) }
        let isNegative = first < -120
        let count = isNegative ? -120 - Int(first) : -112 - Int(first)
        var magnitude: Int64 = 0
        for _ in 0..<count { magnitude = magnitude << 8 | Int64(try byte()) }
        return isNegative ? ~magnitude : magnitude
    }

    package mutating func raw(_ count: Int) throws(HFSError) -> [UInt8] {
        guard count >= 0, count <= bytes.count - position else { throw malformed() }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    package mutating func blob() throws(HFSError) -> [UInt8] {
        guard let count = Int(exactly: try number()) else { throw malformed() }
        return try raw(count)
    }

    package mutating func text() throws(HFSError) -> String {
        guard let text = String(validating: try blob(), as: UTF8.self) else { throw malformed() }
        return text
    }
}
