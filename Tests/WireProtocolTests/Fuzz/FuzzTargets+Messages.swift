import Core
import NIOCore
import SwiftProtobuf

@testable import WireProtocol

extension FuzzTarget {
    /// A hand-written codec: what it takes means the same to the generated code and survives being written again.
    private static func codec<Value: WireEncodable & WireDecodable & Sendable, M: Message & Equatable>(
        _ name: String, _ values: [Value], _ type: M.Type, generated: @escaping @Sendable (Value) -> M,
        same: @escaping @Sendable (Value, M) throws -> Bool
    ) -> FuzzTarget {
        FuzzTarget(name: name, inputs: values.map(bytes)) { input in
            let value = try Value(decoding: input)
            guard generated(try Value(decoding: bytes(value))) == generated(value) else {
                throw FuzzFinding("another value after writing and reading: \(generated(value))")
            }
            // Nested messages that are passed over by hand may be malformed; the generated code looks into them.
            if let message = try? M(serializedBytes: input), !(try same(value, message)) {
                throw FuzzFinding("the generated code reads \(message)")
            }
        }
    }

    private static func bytes(_ value: some WireEncodable) -> [UInt8] {
        var buffer = ByteBuffer()
        value.encode(into: &buffer)
        return Array(buffer.readableBytesView)
    }

    /// Named after the RPC methods.
    static let requests: [FuzzTarget] = [
        codec(
            "getFileInfo", [FileInfoRequest(path: "/a/b"), FileInfoRequest(path: "/ä/🦊")],
            Hadoop_Hdfs_GetFileInfoRequestProto.self, generated: Generated.request
        ) { $0.path == $1.src },
        codec(
            "getBlockLocations", [BlockLocationsRequest(path: "/a/b", offset: 5, length: UInt64(Int64.max))],
            Hadoop_Hdfs_GetBlockLocationsRequestProto.self, generated: Generated.request
        ) { $0.path == $1.src && $0.offset == $1.offset && $0.length == $1.length },
        codec(
            "getListing", [ListingRequest(path: "/a", startAfter: Array("b".utf8), needsLocations: true)],
            Hadoop_Hdfs_GetListingRequestProto.self, generated: Generated.request
        ) { $0.path == $1.src && $0.startAfter == Array($1.startAfter) && $0.needsLocations == $1.needLocation },
        codec(
            "mkdirs",
            [MkdirsRequest(path: "/a/b", mode: .directoryDefault, createsParents: true, unmaskedMode: FileMode(0o777))],
            Hadoop_Hdfs_MkdirsRequestProto.self, generated: Generated.request
        ) {
            $0.path == $1.src && $0.mode == FileMode($1.masked) && $0.createsParents == $1.createParent
                && $0.unmaskedMode == ($1.hasUnmasked ? FileMode($1.unmasked) : nil)
        },
        codec(
            "delete", [DeleteRequest(path: "/a/b", isRecursive: true)], Hadoop_Hdfs_DeleteRequestProto.self,
            generated: Generated.request
        ) { $0.path == $1.src && $0.isRecursive == $1.recursive },
        codec(
            "rename", [RenameRequest(source: "/a/b", destination: "/c")], Hadoop_Hdfs_RenameRequestProto.self,
            generated: Generated.request
        ) { $0.source == $1.src && $0.destination == $1.dst },
        codec(
            "rename2", [Rename2Request(source: "/a/b", destination: "/c", overwrites: true, movesToTrash: false)],
            Hadoop_Hdfs_Rename2RequestProto.self, generated: Generated.request
        ) { $0.source == $1.src && $0.destination == $1.dst && $0.overwrites == $1.overwriteDest },
        codec("complete", completes, Hadoop_Hdfs_CompleteRequestProto.self, generated: Generated.request) {
            try $0.path == $1.src && $0.clientName == $1.clientName && ($0.inode?.rawValue ?? 0) == $1.fileID
                && $0.last == ($1.hasLast ? Block($1.last) : nil)
        },
        codec("create", creates, Hadoop_Hdfs_CreateRequestProto.self, generated: Generated.request) {
            $0.path == $1.src && $0.clientName == $1.clientName && $0.flags.rawValue == $1.createFlag
                && $0.blockSize == $1.blockSize && $0.replication == $1.replication && $0.mode == FileMode($1.masked)
                && $0.storagePolicy == $1.storagePolicy && $0.erasureCodingPolicy == $1.ecPolicyName
        },
    ]

    private static let completes = [
        CompleteRequest(
            path: "/a", clientName: "c",
            last: Block(poolID: "BP-1", id: BlockID(1 << 30), generationStamp: GenerationStamp(1001), length: 77),
            inode: InodeID(16390)),
        CompleteRequest(path: "/a", clientName: "c", last: nil, inode: nil),
    ]

    private static let creates = [
        CreateRequest(
            path: "/a", mode: .fileDefault, clientName: "c", flags: [.create, .overwrite], createsParents: true,
            replication: 3, blockSize: 128 << 20, unmaskedMode: FileMode(0o666), storagePolicy: "HOT")
    ]

    /// What a client reads.
    static let responses: [FuzzTarget] = {
        var random = RandomValues(seed: 20)
        let statuses = (0..<4).map { _ in FileInfoResponse(status: random.fileStatus()) }
        let located = (0..<4).map { _ in BlockLocationsResponse(locations: random.locatedBlocks()) }
        let pages = (0..<4).map { _ in
            let entries = (0..<2).map { _ in
                DirectoryPage.Entry(status: random.fileStatus(), locations: random.optional(random.locatedBlocks()))
            }
            return ListingResponse(page: DirectoryPage(entries: entries, remainingCount: 5))
        }
        return [
            codec(
                "file-info-response", statuses, Hadoop_Hdfs_GetFileInfoResponseProto.self,
                generated: { value in .with { if let status = value.status { $0.fs = status.proto } } }
            ) { try $0.status == ($1.hasFs ? FileStatus($1.fs) : nil) },
            codec(
                "block-locations-response", located, Hadoop_Hdfs_GetBlockLocationsResponseProto.self,
                generated: { value in .with { if let locations = value.locations { $0.locations = locations.proto } } }
            ) { try $0.locations?.proto == ($1.hasLocations ? LocatedBlocks($1.locations).proto : nil) },
            codec(
                "listing-response", pages, Hadoop_Hdfs_GetListingResponseProto.self,
                generated: { value in
                    .with {
                        guard let page = value.page else { return }
                        $0.dirList.partialListing = page.entries.map { $0.status.proto(locations: $0.locations) }
                        $0.dirList.remainingEntries = page.remainingCount
                    }
                }
            ) { value, message in
                guard let page = value.page else { return !message.hasDirList }
                return try page.remainingCount == message.dirList.remainingEntries
                    && page.entries.map(\.status) == message.dirList.partialListing.map { try FileStatus($0) }
            },
            codec(
                "boolean-response", [BooleanResponse(true)], Hadoop_Hdfs_MkdirsResponseProto.self,
                generated: { value in .with { $0.result = value.result } }
            ) { $0.result == $1.result },
        ]
    }()
}
