/// Puts the CRC of a whole together from the CRCs of its parts (HDFS `CrcComposer`; zlib's `crc32_combine`).
///
/// With A before B: crc(AB) = crc(A) x^(8 |B|) + crc(B) modulo the polynomial.
struct CRCComposition {
    /// Reversed polynomials.
    static let crc32cPolynomial: UInt32 = 0x82F6_3B78
    static let crc32Polynomial: UInt32 = 0xEDB8_8320

    private(set) var crc: UInt32 = 0
    private let polynomial: UInt32

    init(polynomial: UInt32) { self.polynomial = polynomial }

    /// Adds a part of `byteCount` bytes behind the others.
    mutating func append(_ part: UInt32, byteCount: UInt64) {
        crc = multiply(power(byteCount), crc) ^ part
    }

    /// x^(8 n). The highest bit stands for x^0.
    private func power(_ byteCount: UInt64) -> UInt32 {
        var result: UInt32 = 1 << 31
        var square: UInt32 = 1 << 23
        var rest = byteCount
        while rest > 0 {
            if rest & 1 == 1 { result = multiply(result, square) }
            square = multiply(square, square)
            rest >>= 1
        }
        return result
    }

    private func multiply(_ left: UInt32, _ right: UInt32) -> UInt32 {
        var product: UInt32 = 0
        var shifted = right
        var bit: UInt32 = 1 << 31
        while bit != 0 {
            if left & bit != 0 { product ^= shifted }
            shifted = shifted & 1 == 1 ? (shifted >> 1) ^ polynomial : shifted >> 1
            bit >>= 1
        }
        return product
    }
}
