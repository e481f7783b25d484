import CLibCrypto

/// MD5, which HDFS's file checksums are made of.
enum MD5 {
    static let byteCount = 16

    static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: byteCount)
        var count = UInt32(byteCount)
        let done = EVP_Digest(bytes, bytes.count, &result, &count, EVP_md5(), nil)
        precondition(done == 1 && count == UInt32(byteCount), "libcrypto has no MD5")
        return result
    }
}
