internal import Core

/// CRCs of concatenations from the CRCs of the parts, by multiplication modulo the CRC's polynomial over GF(2).
///
/// crc(A ‖ B) = crc(A) · x^(8·|B|) xor crc(B), all in the reflected bit order of CRC-32 and CRC-32C (HDFS's `CrcUtil`).
struct CRCComposer {
    private let polynomial: UInt32
    /// Nil when there is no CRC of this kind to compose.
    init?(_ kind: ChecksumFormat.Kind) {
        switch kind {
        case .none: return nil
        case .crc32: polynomial = 0xEDB8_8320
        case .crc32c: polynomial = 0x82F6_3B78
        }
    }

    /// x^(8·bytes): what shifts a CRC past that many bytes.
    func shift(bytes: UInt64) -> UInt32 {
        var result: UInt32 = 0x8000_0000
        var square: UInt32 = 0x8000_0000 >> 8
        var count = bytes
        while count > 0 {
            if count & 1 == 1 { result = multiply(result, square) }
            square = multiply(square, square)
            count >>= 1
        }
        return result
    }

    /// The CRC of two parts; `shift` belongs to the length of the second one.
    func compose(_ first: UInt32, _ second: UInt32, shift: UInt32) -> UInt32 { multiply(first, shift) ^ second }

    private func multiply(_ a: UInt32, _ b: UInt32) -> UInt32 {
        var product: UInt32 = 0
        var term = b
        var bit: UInt32 = 0x8000_0000
        while bit != 0 {
            if a & bit != 0 { product ^= term }
            term = term & 1 == 1 ? term >> 1 ^ polynomial : term >> 1
            bit >>= 1
        }
        return product
    }
}
