/// The run that a client's caller context names: `hfs_run:run-123` anywhere in it, beside other things.
enum RunClaim {
    private static let key = Array("hfs_run:".utf8)

    /// What stands behind the key, up to the first byte that is not a letter, a digit or `-`; nil without the key.
    static func text(in context: String) -> String? {
        var context = context
        return context.withUTF8 { bytes -> String? in
            guard bytes.count >= key.count else { return nil }
            for start in 0...bytes.count - key.count
            where bytes[start] == key[0] && bytes[start..<start + key.count].elementsEqual(key) {
                let value = bytes[(start + key.count)...].prefix(while: isPartOfName)
                return String(decoding: value, as: UTF8.self)
            }
            return nil
        }
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
