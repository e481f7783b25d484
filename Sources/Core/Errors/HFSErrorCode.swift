extension HFSError {
    /// What a caller can react to. Each code names the Java exception class by which HDFS clients know it.
    public enum Code: String, Sendable, CaseIterable {
        // Namespace
        case fileNotFound, alreadyExists, notADirectory, pathNotADirectory, directoryNotEmpty, invalidPath, nameTooLong
        case invalidArgument, unsupported, accessDenied, authorizationFailed, authenticationFailed, invalidToken
        case namespaceQuotaExceeded, spaceQuotaExceeded, xattrNotFound, aclInvalid, snapshotRefused
        case queryTooLarge
        // Events
        case eventsRemoved
        // Writing
        case alreadyBeingCreated, leaseExpired, recoveryInProgress, notReplicatedYet, noDatanodes
        // Service state
        case safeMode, standby, retriable, noSuchMethod, noSuchProtocol, versionMismatch, malformedRequest
        // Data
        case checksumMismatch, replicaNotFound, blockUnavailable
        // Environment
        case io, noSpace, corruptMetadata, incompatibleLayout, wrongCluster, lockHeld
        case connectionFailed, connectionLost, timedOut, cancelled, remote
    }
}

extension HFSError.Code {
    /// The class that HDFS clients expect (hdfs `RemoteException`); for codes that never leave a process, `IOException`.
    public var javaClass: String {
        switch self {
        case .fileNotFound: "java.io.FileNotFoundException"
        case .alreadyExists: "org.apache.hadoop.fs.FileAlreadyExistsException"
        case .notADirectory: "org.apache.hadoop.fs.ParentNotDirectoryException"
        case .pathNotADirectory: "org.apache.hadoop.fs.PathIsNotDirectoryException"
        case .directoryNotEmpty: "org.apache.hadoop.fs.PathIsNotEmptyDirectoryException"
        case .invalidPath: "org.apache.hadoop.fs.InvalidPathException"
        case .nameTooLong: "org.apache.hadoop.hdfs.protocol.FSLimitException$PathComponentTooLongException"
        case .invalidArgument: "org.apache.hadoop.HadoopIllegalArgumentException"
        case .unsupported: "java.lang.UnsupportedOperationException"
        case .accessDenied: "org.apache.hadoop.security.AccessControlException"
        case .authorizationFailed: "org.apache.hadoop.security.authorize.AuthorizationException"
        case .authenticationFailed: "javax.security.sasl.SaslException"
        case .invalidToken: "org.apache.hadoop.security.token.SecretManager$InvalidToken"
        case .namespaceQuotaExceeded: "org.apache.hadoop.hdfs.protocol.NSQuotaExceededException"
        case .spaceQuotaExceeded: "org.apache.hadoop.hdfs.protocol.DSQuotaExceededException"
        case .aclInvalid: "org.apache.hadoop.hdfs.protocol.AclException"
        case .snapshotRefused: "org.apache.hadoop.hdfs.protocol.SnapshotException"
        case .queryTooLarge: "org.apache.hadoop.hdfs.protocol.FSLimitException"
        case .eventsRemoved: "org.apache.hadoop.hdfs.inotify.MissingEventsException"
        case .alreadyBeingCreated: "org.apache.hadoop.hdfs.protocol.AlreadyBeingCreatedException"
        case .leaseExpired: "org.apache.hadoop.hdfs.server.namenode.LeaseExpiredException"
        case .recoveryInProgress: "org.apache.hadoop.hdfs.protocol.RecoveryInProgressException"
        case .notReplicatedYet: "org.apache.hadoop.hdfs.server.namenode.NotReplicatedYetException"
        case .safeMode: "org.apache.hadoop.hdfs.server.namenode.SafeModeException"
        case .standby: "org.apache.hadoop.ipc.StandbyException"
        case .retriable: "org.apache.hadoop.ipc.RetriableException"
        case .noSuchMethod: "org.apache.hadoop.ipc.RpcNoSuchMethodException"
        case .noSuchProtocol: "org.apache.hadoop.ipc.RpcNoSuchProtocolException"
        case .versionMismatch: "org.apache.hadoop.ipc.RPC$VersionMismatch"
        case .malformedRequest: "com.google.protobuf.UninitializedMessageException"
        case .noSpace: "org.apache.hadoop.util.DiskChecker$DiskOutOfSpaceException"
        case .replicaNotFound: "org.apache.hadoop.hdfs.server.datanode.ReplicaNotFoundException"
        case .xattrNotFound, .noDatanodes, .checksumMismatch, .blockUnavailable, .io, .corruptMetadata,
            .incompatibleLayout, .wrongCluster, .lockHeld, .connectionFailed, .connectionLost, .timedOut, .cancelled,
            .remote:
            "java.io.IOException"
        }
    }

    /// The code for a Java class name that a server sent; `remote` when no code stands for it.
    public init(javaClass: String) {
        self = Self.byJavaClass[javaClass] ?? .remote
    }

    private static let byJavaClass: [String: HFSError.Code] = {
        var table: [String: HFSError.Code] = [:]
        for code in HFSError.Code.allCases where code.javaClass != "java.io.IOException" {
            table[code.javaClass] = code
        }
        table["java.io.IOException"] = .remote
        return table
    }()

    /// True when the same call may be sent again as it is and may succeed later.
    public var isRetryable: Bool {
        switch self {
        case .retriable, .standby, .notReplicatedYet, .recoveryInProgress, .connectionFailed, .safeMode, .noSpace: true
        default: false
        }
    }

    /// True when the operation may or may not have taken effect: the answer was lost, not refused.
    public var isOutcomeUnknown: Bool {
        switch self {
        case .connectionLost, .timedOut, .cancelled: true
        default: false
        }
    }
}
