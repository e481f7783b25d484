import Core

/// Eight hexadecimal digits that differ where two things differ by accident: no proof against anybody's will.
enum Fingerprint {
    static func text(of bytes: [UInt8]) -> String { text(CRC32C.checksum(bytes)) }

    static func text(_ sum: UInt32) -> String {
        let digits = String(sum, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
