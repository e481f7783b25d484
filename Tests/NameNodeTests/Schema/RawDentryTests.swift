import Core
import SwiftProtobuf
import Testing
import WireProtocol

@testable import NameNode

@Suite struct RawDentryTests {
    @Test("An entry read in place is written as the status decoded from the same row", arguments: 0..<200)
    func sameAsDecoded(seed: Int) throws {
        var random = SeededGenerator(UInt64(seed))
        func number(_ range: ClosedRange<UInt64>) -> UInt64 { .random(in: range, using: &random) }
        let name = (0..<number(1...40)).map { _ in UInt8(number(97...122)) }
        let file = FileAttributes(
            owner: String(repeating: "o", count: Int(number(0...30))),
            group: String(repeating: "g", count: Int(number(0...30))),
            mode: FileMode(UInt16(number(0...0o1777))), modifiedMs: Int64(number(0...1 << 45)) - 1,
            accessedMs: Int64(number(0...1 << 45)), length: number(0...1 << 50), replication: UInt16(number(1...512)),
            blockSize: number(1...1 << 40), storagePolicy: UInt8(number(0...15)),
            blockCount: UInt32(number(0...10_000)),
            isUnderConstruction: number(0...1) == 0, hasACL: number(0...1) == 0, hasXAttrs: number(0...1) == 0)
        let inode = InodeID(number(1...1 << 60))
        var direct: [UInt8] = []
        try name.withUnsafeBytes { name in
            try DentryRow(file: inode, file).image.withUnsafeBytes { image in
                let entry = try RawDentry(decoding: image)
                try #require(entry.file).status(entry.inode, name: name).append(to: &direct)
            }
        }
        let page = try Hadoop_Hdfs_DirectoryListingProto(
            serializedBytes: DirectoryPage.finish(direct, remainingCount: 7))
        #expect(page.partialListing == [StatusBuilder.status(inode, file, name: name).proto], "seed \(seed)")
        #expect(page.remainingEntries == 7)
    }

    @Test func cutImagesAreDamageAndNoCrash() {
        let file = FileAttributes(
            owner: "o", group: "g", mode: .fileDefault, modifiedMs: 1, accessedMs: 1, replication: 1, blockSize: 1)
        let image = DentryRow(file: InodeID(70_000), file).image
        for length in 0..<image.count {
            _ = image[..<length].withUnsafeBytes { cut in
                #expect(throws: HFSError.self) { try RawDentry(decoding: cut) }
            }
        }
    }
}

private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
