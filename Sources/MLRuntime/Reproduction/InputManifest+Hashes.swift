import Core

extension InputManifest {
    /// Equal for trials that read the same bytes: a hash over all directories, sixteen hexadecimal digits.
    var fingerprint: String {
        var hash: UInt64 = 0
        for (path, root) in directories.sorted(by: { $0.key < $1.key }) {
            hash = Self.add(root, to: Self.add(path, to: hash))
        }
        return Self.text(hash)
    }

    /// The hash over files of one directory: their names, lengths and checksums. One whose bytes nobody has told counts by its
    /// version. No defence against whoever wants two to be equal.
    static func root(_ files: [Input]) -> String {
        var hash: UInt64 = 0
        for file in files.sorted(by: { ($0.path, $0.inode) < ($1.path, $1.inode) }) {
            hash = add(file.path.split(separator: "/").last ?? "", to: hash)
            hash = RandomGenerator.hash(hash, file.length)
            let version = RandomGenerator.hash(file.inode, UInt64(bitPattern: file.modifiedMs))
            hash = RandomGenerator.hash(hash, file.checksum.map(UInt64.init) ?? version)
        }
        return text(hash)
    }

    private static func add(_ text: some StringProtocol, to hash: UInt64) -> UInt64 {
        let bytes = Array(text.utf8)
        return RandomGenerator.hash(RandomGenerator.hash(hash, UInt64(bytes.count)), UInt64(CRC32C.checksum(bytes)))
    }

    private static func text(_ hash: UInt64) -> String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
