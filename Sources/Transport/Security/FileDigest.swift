import CLibCrypto
package import Core
import Glibc

/// The SHA-256 of a file that may be larger than one cares to hold in memory.
package enum FileDigest {
    /// In hexadecimal, as sha256sum prints it. Blocks. `.io` with the system's reason where the file cannot be read.
    package static func sha256(_ path: String) throws(HFSError) -> String {
        guard let file = fopen(path, "r") else { throw failure(path) }
        defer { fclose(file) }
        guard let context = EVP_MD_CTX_new() else { throw HFSError(.io, "No memory for a digest") }
        defer { EVP_MD_CTX_free(context) }
        var isGood = EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
            isGood = isGood && EVP_DigestUpdate(context, buffer, count) == 1
        }
        guard ferror(file) == 0 else { throw failure(path) }
        var digest = [UInt8](repeating: 0, count: 32)
        var count = UInt32(digest.count)
        isGood = isGood && EVP_DigestFinal_ex(context, &digest, &count) == 1
        precondition(isGood && count == UInt32(digest.count), "libcrypto has no SHA-256")
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static func failure(_ path: String) -> HFSError {
        HFSError(.io, "Cannot read \(path)", cause: String(cString: strerror(errno)))
    }
}
