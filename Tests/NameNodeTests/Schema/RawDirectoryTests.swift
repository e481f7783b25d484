import Core
import MetaStore
import SwiftProtobuf
import Testing
import WireProtocol

@testable import NameNode

@Suite struct RawDirectoryTests {
    let row = DirectoryRow(
        owner: "ada", group: "a group of more than sixteen bytes", mode: FileMode(0o1750), modifiedMs: 5_000,
        modifiedBaseMs: 4_000, accessedMs: 3, namespaceQuota: 10, spaceQuota: -1, storagePolicy: 7, hasACL: true)

    @Test(arguments: [0, 4_000, 4_001, 9_000] as [Int64])
    func `a directory read in place has the status of its decoded row`(countedMs: Int64) throws {
        let counter = Counter(children: 3, modifiedMs: countedMs)
        let name = Array("d".utf8)
        var direct: [UInt8] = []
        try name.withUnsafeBytes { name in
            try row.image.withUnsafeBytes { image in
                try RawDirectory(decoding: image).status(InodeID(70_000), counter, name: name).append(to: &direct)
            }
        }
        let page = try Hadoop_Hdfs_DirectoryListingProto(
            serializedBytes: DirectoryPage.finish(direct, remainingCount: 0))
        #expect(page.partialListing == [StatusBuilder.status(InodeID(70_000), row, counter, name: name).proto])
        #expect(try DirectoryRow(image: row.image) == row)
    }

    @Test func `cut images and unknown versions are told from each other, and none crashes`() throws {
        let image = row.image
        for length in 0..<image.count {
            let error = #expect(throws: HFSError.self) { try DirectoryRow(image: Array(image[..<length])) }
            #expect(error?.code == .corruptMetadata)
        }
        let error = #expect(throws: HFSError.self) { try DirectoryRow(image: [9] + image.dropFirst()) }
        #expect(error?.code == .incompatibleLayout)
    }
}
