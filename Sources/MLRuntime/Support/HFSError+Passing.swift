import Core

extension HFSError.Code {
    /// Whether what failed may succeed a little later, without anybody having done anything about it: servers that are away, start
    /// or recover something, and disks that are full for now.
    var mayPass: Bool {
        switch self {
        case .connectionFailed, .connectionLost, .timedOut, .retriable, .standby, .safeMode, .noDatanodes, .noSpace,
            .recoveryInProgress, .alreadyBeingCreated, .notReplicatedYet, .blockUnavailable, .replicaNotFound,
            .checksumMismatch, .io, .remote:
            true
        default: false
        }
    }
}
