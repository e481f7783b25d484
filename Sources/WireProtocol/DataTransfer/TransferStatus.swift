/// The result of a data-transfer operation or of one packet, with HDFS's numbers.
package enum TransferStatus: UInt8, Sendable {
    case success = 0
    case error, errorChecksum, errorInvalid, errorExists, errorAccessToken
    /// The reader has verified the checksums.
    case checksumOK
    case errorUnsupported
    /// The node is going to restart.
    case outOfBandRestart
    case reserved1, reserved2, reserved3
    /// Work goes on; wait.
    case inProgress
    case errorBlockPinned

    package init(_ proto: Hadoop_Hdfs_Status) {
        self = Self(rawValue: UInt8(truncatingIfNeeded: proto.rawValue)) ?? .error
    }

    package var proto: Hadoop_Hdfs_Status { Hadoop_Hdfs_Status(rawValue: Int(rawValue)) ?? .error }
}
