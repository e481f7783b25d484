import CLibCrypto

/// Digests by libcrypto: MD5 for SASL's DIGEST-MD5, HMAC-SHA-256 for the passwords of tokens.
package enum MessageDigest {
    package static func md5(_ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 16)
        var count = UInt32(result.count)
        let done = EVP_Digest(bytes, bytes.count, &result, &count, EVP_md5(), nil)
        precondition(done == 1 && count == UInt32(result.count), "libcrypto has no MD5")
        return result
    }

    package static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        var count = UInt32(result.count)
        let done = HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &result, &count)
        precondition(done != nil && count == UInt32(result.count), "libcrypto has no HMAC-SHA-256")
        return result
    }
}
