import Core
import Glibc

/// Small helpers around errno.
enum SystemCall {
    static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// The error for a call on an open connection that failed with `code`.
    static func connectionError(_ code: Int32, _ what: String) -> HFSError {
        switch code {
        case EAGAIN, EWOULDBLOCK, ETIMEDOUT: HFSError(.timedOut, "\(what): no progress in time")
        case ENOSPC, EDQUOT: HFSError(.noSpace, what, cause: text(code))
        default: HFSError(.connectionLost, what, cause: text(code))
        }
    }

    /// Writing to a closed connection must give an error, not end the process. Done once, on first use of a socket.
    static let ignoresBrokenPipe: Bool = {
        _ = signal(SIGPIPE, SIG_IGN)
        return true
    }()
}
