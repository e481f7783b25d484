package import Core

extension HFSError.Code {
    /// RpcErrorCodeProto of an error after which the connection goes on.
    package var rpcDetail: UInt32 {
        switch self {
        case .noSuchMethod: 2
        case .noSuchProtocol: 3
        case .versionMismatch: 6
        default: 1
        }
    }

    /// RpcErrorCodeProto of an error that closes the connection.
    package var fatalRPCDetail: UInt32 {
        switch self {
        case .versionMismatch: 14
        case .malformedRequest: 12
        case .unsupported: 11
        case .accessDenied, .authorizationFailed, .authenticationFailed, .invalidToken: 15
        default: 10
        }
    }
}
