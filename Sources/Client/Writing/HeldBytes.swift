/// The bytes of a file that may be small enough to go with its end.
struct HeldBytes {
    let countMax: Int
    private(set) var bytes: [UInt8] = []

    init(countMax: Int) { self.countMax = countMax }

    /// False, and nothing is taken, when they are too many.
    mutating func append(_ more: UnsafeRawBufferPointer) -> Bool {
        guard more.count <= countMax - bytes.count else { return false }
        bytes.append(contentsOf: more)
        return true
    }
}
