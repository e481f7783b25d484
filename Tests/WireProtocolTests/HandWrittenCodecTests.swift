import Core
import NIOCore
import SwiftProtobuf
import Testing

@testable import WireProtocol

/// The codecs written by hand against the generated ones, over random messages.
@Suite struct HandWrittenCodecTests {
    private static let seeds = Array(UInt64(0)..<300)

    /// Same bytes, and the same value back from them, also among fields that are not known.
    private func check<Value: WireEncodable & WireDecodable, Generated: SwiftProtobufMessage & Equatable>(
        _ value: Value, _ message: Generated, seed: UInt64, generated: (Value) -> Generated
    ) throws {
        let expected: [UInt8] = try message.serializedBytes()
        var buffer = ByteBuffer()
        value.encode(into: &buffer)
        let bytes = Array(buffer.readableBytesView)
        #expect(bytes == expected, "seed \(seed), \(Value.self)")
        #expect(generated(try Value(decoding: bytes)) == message, "seed \(seed), \(Value.self)")
        let stranger = hex("c83e 05  d23e 03 010203  dd3e 01020304  e13e 0102030405060708")
        #expect(generated(try Value(decoding: stranger + bytes + stranger)) == message, "seed \(seed), \(Value.self)")
        #expect(generated(try Value(decoding: buffer)) == message, "seed \(seed), \(Value.self)")
    }

    @Test(arguments: seeds) func `Statuses, blocks and listings are coded as the generated code does`(seed: UInt64)
        throws
    {
        var random = RandomValues(seed: seed)
        let status = random.fileStatus()
        try check(status, status.proto, seed: seed) { $0.proto }
        let block = random.block()
        try check(block, block.proto, seed: seed) { $0.proto }
        let datanode = random.datanode()
        try check(datanode, datanode.proto, seed: seed) { $0.proto }
        let located = random.locatedBlock()
        try check(located, located.proto, seed: seed) { $0.proto }

        let locations = BlockLocationsResponse(locations: random.bool() ? random.locatedBlocks() : nil)
        try check(locations, Self.proto(locations), seed: seed, generated: Self.proto)
        let info = FileInfoResponse(status: random.bool() ? status : nil)
        try check(info, Self.proto(info), seed: seed, generated: Self.proto)
        var page: DirectoryPage?
        if random.below(8) > 0 {
            let entries = (0..<random.below(6)).map { _ in
                DirectoryPage.Entry(status: random.fileStatus(), locations: random.optional(random.locatedBlocks()))
            }
            page = DirectoryPage(entries: entries, remainingCount: UInt32(truncatingIfNeeded: random.number()))
        }
        let listing = ListingResponse(page: page)
        try check(listing, Self.proto(listing), seed: seed, generated: Self.proto)
        let answer = BooleanResponse(random.bool())
        try check(answer, Self.proto(answer), seed: seed, generated: Self.proto)
    }

    @Test(arguments: seeds) func `Requests are coded as the generated code does`(seed: UInt64) throws {
        var random = RandomValues(seed: seed)
        let info = FileInfoRequest(path: random.path())
        try check(info, Generated.request(info), seed: seed, generated: Generated.request)
        let locations = BlockLocationsRequest(path: random.path(), offset: random.number(), length: random.number())
        try check(locations, Generated.request(locations), seed: seed, generated: Generated.request)
        let listing = ListingRequest(path: random.path(), startAfter: random.bytes(), needsLocations: random.bool())
        try check(listing, Generated.request(listing), seed: seed, generated: Generated.request)
        let mkdirs = MkdirsRequest(
            path: random.path(), mode: random.mode(), createsParents: random.bool(),
            unmaskedMode: random.optional(random.mode()))
        try check(mkdirs, Generated.request(mkdirs), seed: seed, generated: Generated.request)
        let delete = DeleteRequest(path: random.path(), isRecursive: random.bool())
        try check(delete, Generated.request(delete), seed: seed, generated: Generated.request)
        let rename = RenameRequest(source: random.path(), destination: random.path())
        try check(rename, Generated.request(rename), seed: seed, generated: Generated.request)
        let rename2 = Rename2Request(
            source: random.path(), destination: random.path(), overwrites: random.bool(),
            movesToTrash: random.optional(random.bool()))
        try check(rename2, Generated.request(rename2), seed: seed, generated: Generated.request)
        let complete = CompleteRequest(
            path: random.path(), clientName: random.text(), last: random.optional(random.block()),
            inode: random.optional(InodeID(random.number() | 1)))
        try check(complete, Generated.request(complete), seed: seed, generated: Generated.request)
        let create = CreateRequest(
            path: random.path(), mode: random.mode(), clientName: random.text(),
            flags: .init(rawValue: UInt32(truncatingIfNeeded: random.number())), createsParents: random.bool(),
            replication: UInt32(truncatingIfNeeded: random.number()), blockSize: random.number(),
            unmaskedMode: random.optional(random.mode()), erasureCodingPolicy: random.text(),
            storagePolicy: random.text())
        try check(create, Generated.request(create), seed: seed, generated: Generated.request)
    }

    @Test func `A path that is not UTF-8 is an invalid path`() {
        let error = #expect(throws: HFSError.self) { try FileInfoRequest(decoding: hex("0a 03 2fff41")) }
        #expect(error?.code == .invalidPath)
    }

    @Test func `A missing field is named`() {
        let error = #expect(throws: HFSError.self) { try DeleteRequest(decoding: hex("0a 02 2f61")) }
        #expect(error?.code == .malformedRequest && error?.message.contains("recursive") == true)
    }

    @Test func `Numbers that do not fit and lengths past the end are refused`() {
        #expect(throws: HFSError.self) { try FileInfoRequest(decoding: hex("0a 7f 2f")) }
        #expect(throws: HFSError.self) { try FileInfoRequest(decoding: hex("0a ffffffffffffffffff01 2f")) }
        #expect(throws: HFSError.self) { try FileInfoRequest(decoding: hex("10 ffffffffffffffffff7f 0a 01 2f")) }
        #expect(throws: HFSError.self) { try FileInfoRequest(decoding: hex("10 ff")) }
        #expect(throws: HFSError.self) { try FileInfoRequest(decoding: hex("02 01")) }
        #expect(throws: HFSError.self) { try FileInfoRequest(decoding: hex("0b 0c")) }
    }

    private static func proto(_ value: BlockLocationsResponse) -> Hadoop_Hdfs_GetBlockLocationsResponseProto {
        var proto = Hadoop_Hdfs_GetBlockLocationsResponseProto()
        if let locations = value.locations { proto.locations = locations.proto }
        return proto
    }

    private static func proto(_ value: FileInfoResponse) -> Hadoop_Hdfs_GetFileInfoResponseProto {
        var proto = Hadoop_Hdfs_GetFileInfoResponseProto()
        if let status = value.status { proto.fs = status.proto }
        return proto
    }

    private static func proto(_ value: ListingResponse) -> Hadoop_Hdfs_GetListingResponseProto {
        var proto = Hadoop_Hdfs_GetListingResponseProto()
        if let page = value.page {
            proto.dirList.partialListing = page.entries.map { $0.status.proto(locations: $0.locations) }
            proto.dirList.remainingEntries = page.remainingCount
        }
        return proto
    }

    private static func proto(_ value: BooleanResponse) -> Hadoop_Hdfs_MkdirsResponseProto {
        var proto = Hadoop_Hdfs_MkdirsResponseProto()
        proto.result = value.result
        return proto
    }
}
