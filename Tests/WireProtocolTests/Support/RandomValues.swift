import Core

/// Random values of the kinds that messages carry, from a seed.
struct RandomValues {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func bool() -> Bool { Bool.random(using: &generator) }
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    /// Numbers of every length that a varint can have.
    mutating func number() -> UInt64 { generator.next() >> UInt64(below(64)) }

    mutating func text(_ lengthMax: Int = 40) -> String {
        let letters = Array("abcXYZ019/-_. äß漢🦊\u{0301}")
        return String((0..<below(lengthMax + 1)).map { _ in letters[below(letters.count)] })
    }

    mutating func path() -> String { "/" + text(below(10) == 0 ? 400 : 30) }
    mutating func bytes() -> [UInt8] { (0..<below(40)).map { _ in UInt8(truncatingIfNeeded: generator.next()) } }
    mutating func mode() -> FileMode { FileMode(UInt16(below(0o2000))) }
    mutating func optional<T>(_ value: T) -> T? { bool() ? value : nil }

    mutating func block() -> Block {
        Block(
            poolID: text(), id: BlockID(number()), generationStamp: GenerationStamp(number()),
            length: number() & UInt64(Int64.max))
    }

    mutating func datanode() -> DatanodeDescriptor {
        DatanodeDescriptor(
            uuid: text(), address: text(), hostName: text(), transferPort: UInt16(below(65536)),
            httpPort: UInt16(below(65536)), rpcPort: UInt16(below(65536)), location: "/" + text())
    }

    mutating func locatedBlock() -> LocatedBlock {
        let kinds: [StorageKind] = [.disk, .ssd, .archive, .ramDisk]
        let locations = (0..<below(5)).map { _ in
            LocatedBlock.Location(datanode: datanode(), storageID: text(), storageKind: kinds[below(4)])
        }
        return LocatedBlock(
            block: block(), offset: number(), locations: locations, isCorrupt: bool(),
            token: optional(BlockAccessToken(identifier: [1] + bytes(), password: bytes())))
    }

    mutating func locatedBlocks() -> LocatedBlocks {
        LocatedBlocks(
            fileLength: number(), blocks: (0..<below(4)).map { _ in locatedBlock() }, isUnderConstruction: bool(),
            lastBlock: optional(locatedBlock()), isLastBlockComplete: bool())
    }

    mutating func fileStatus() -> FileStatus {
        FileStatus(
            kind: bool() ? .directory : .file, name: bytes(), inode: InodeID(number()), length: number(), mode: mode(),
            owner: text(), group: text(), modifiedMs: Int64(bitPattern: number()),
            accessedMs: Int64(bitPattern: number()),
            replication: UInt16(below(65536)), blockSize: number(), childrenCount: Int32(truncatingIfNeeded: number()),
            storagePolicy: UInt8(below(256)), hasACL: bool())
    }
}
