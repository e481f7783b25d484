internal import CLibCrypto
internal import Core

/// MD5, as HDFS's file checksums use it, by libcrypto.
final class MD5Digest {
    private let context: OpaquePointer

    /// Errors: `.unsupported` where libcrypto refuses MD5 (FIPS mode).
    init() throws(HFSError) {
        guard let context = EVP_MD_CTX_new() else { throw HFSError(.io, "libcrypto has no memory") }
        self.context = context
        guard EVP_DigestInit_ex(context, EVP_md5(), nil) == 1 else {
            throw HFSError(.unsupported, "libcrypto refuses MD5")
        }
    }

    deinit { EVP_MD_CTX_free(context) }

    func update(_ bytes: [UInt8]) { _ = EVP_DigestUpdate(context, bytes, bytes.count) }

    func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 16)
        EVP_DigestFinal_ex(context, &digest, nil)
        return digest
    }
}
