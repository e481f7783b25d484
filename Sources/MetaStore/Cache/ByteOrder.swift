internal import Glibc

/// The order of sub keys: by bytes, shorter first.
enum ByteOrder {
    @inline(__always)
    static func compare(_ a: [UInt8], _ b: [UInt8]) -> Int {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                let common = min(a.count, b.count)
                if common > 0, let left = a.baseAddress, let right = b.baseAddress {
                    let order = Int(memcmp(left, right, common))
                    if order != 0 { return order }
                }
                return a.count - b.count
            }
        }
    }
}
