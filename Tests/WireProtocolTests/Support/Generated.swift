import Core
import Foundation
import SwiftProtobuf

@testable import WireProtocol

/// Hand-coded requests as generated messages.
enum Generated {
    static func request(_ value: FileInfoRequest) -> Hadoop_Hdfs_GetFileInfoRequestProto {
        .with { $0.src = value.path }
    }

    static func request(_ value: BlockLocationsRequest) -> Hadoop_Hdfs_GetBlockLocationsRequestProto {
        .with {
            $0.src = value.path
            $0.offset = value.offset
            $0.length = value.length
        }
    }

    static func request(_ value: ListingRequest) -> Hadoop_Hdfs_GetListingRequestProto {
        .with {
            $0.src = value.path
            $0.startAfter = Data(value.startAfter)
            $0.needLocation = value.needsLocations
        }
    }

    static func request(_ value: MkdirsRequest) -> Hadoop_Hdfs_MkdirsRequestProto {
        .with {
            $0.src = value.path
            $0.masked = value.mode.proto
            $0.createParent = value.createsParents
            if let mode = value.unmaskedMode { $0.unmasked = mode.proto }
        }
    }

    static func request(_ value: DeleteRequest) -> Hadoop_Hdfs_DeleteRequestProto {
        .with {
            $0.src = value.path
            $0.recursive = value.isRecursive
        }
    }

    static func request(_ value: RenameRequest) -> Hadoop_Hdfs_RenameRequestProto {
        .with {
            $0.src = value.source
            $0.dst = value.destination
        }
    }

    static func request(_ value: Rename2Request) -> Hadoop_Hdfs_Rename2RequestProto {
        .with {
            $0.src = value.source
            $0.dst = value.destination
            $0.overwriteDest = value.overwrites
            if let trash = value.movesToTrash { $0.moveToTrash = trash }
        }
    }

    static func request(_ value: CompleteRequest) -> Hadoop_Hdfs_CompleteRequestProto {
        .with {
            $0.src = value.path
            $0.clientName = value.clientName
            if let last = value.last { $0.last = last.proto }
            if let inode = value.inode { $0.fileID = inode.rawValue }
        }
    }

    static func request(_ value: CreateRequest) -> Hadoop_Hdfs_CreateRequestProto {
        .with {
            $0.src = value.path
            $0.masked = value.mode.proto
            $0.clientName = value.clientName
            $0.createFlag = value.flags.rawValue
            $0.createParent = value.createsParents
            $0.replication = value.replication
            $0.blockSize = value.blockSize
            if let mode = value.unmaskedMode { $0.unmasked = mode.proto }
            if !value.erasureCodingPolicy.isEmpty { $0.ecPolicyName = value.erasureCodingPolicy }
            if !value.storagePolicy.isEmpty { $0.storagePolicy = value.storagePolicy }
        }
    }
}
