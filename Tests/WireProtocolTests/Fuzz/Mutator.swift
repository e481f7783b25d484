/// Changes inputs the way broken and hostile peers do: flipped bits, cuts, repeats, other inputs' parts, wild lengths.
struct Mutator {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private static let pieces: [[UInt8]] = [
        [0], [0x7f], [0x80], [0xff], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0x80, 0, 0, 0],
        [0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0xff, 0x7f], [0x80, 0x80, 0x80, 0x80, 0],
        [UInt8](repeating: 0xff, count: 9) + [1], [UInt8](repeating: 0xff, count: 9) + [0x7f],
        [UInt8](repeating: 0x80, count: 12),
        [0x0a, 0], [0x0b, 0x0c], [0x0a, 0xff, 0xff, 0xff, 0xff, 0x07], [0x2f, 0xff, 0xc0, 0x80], Array("/../".utf8),
        [0xc8, 0x3e, 5], [0x02, 1], [0x08, 0], [0x12, 1, 0x2f],
    ]

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(bound, 1), using: &generator) }

    /// Any of `inputs`, changed one to four times.
    mutating func next(_ inputs: [[UInt8]]) -> [UInt8] {
        var bytes = inputs[below(inputs.count)]
        for _ in 0...below(4) { change(&bytes, inputs) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ inputs: [[UInt8]]) {
        let at = below(bytes.count)
        let end = min(bytes.count, at + 1 + below(16))
        switch below(9) {
        case 0 where !bytes.isEmpty: bytes[at] ^= 1 << UInt8(below(8))
        case 1 where !bytes.isEmpty: bytes[at] = UInt8(truncatingIfNeeded: generator.next())
        case 2 where !bytes.isEmpty: bytes[at] = bytes[at] &+ (below(2) == 0 ? 1 : 0xff)
        case 3 where !bytes.isEmpty: bytes.removeSubrange(at..<end)
        case 4 where !bytes.isEmpty: bytes.insert(contentsOf: Array(bytes[at..<end]), at: below(bytes.count + 1))
        case 5 where !bytes.isEmpty: bytes.removeSubrange(at...)
        case 6:
            let piece = Self.pieces[below(Self.pieces.count)]
            bytes.replaceSubrange(at..<min(bytes.count, at + (below(2) == 0 ? 0 : piece.count)), with: piece)
        case 7:
            let other = inputs[below(inputs.count)]
            bytes.replaceSubrange(at..<bytes.count, with: other[below(other.count)...])
        default:
            bytes.insert(contentsOf: (0..<below(8)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }, at: at)
        }
    }
}
