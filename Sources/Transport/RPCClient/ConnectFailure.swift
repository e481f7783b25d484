import NIOCore
import NIOPosix

/// Why no connection was made, in the system's words.
enum ConnectFailure {
    /// The reason of the last address tried; that the name is unknown when it had none.
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            guard let last = error.connectionErrors.last else { return "unknown host" }
            return text(last.error)
        case let error as IOError: return SystemCall.text(error.errnoCode)
        case ChannelError.connectTimeout(let amount):
            return "no answer in \(amount.nanoseconds / 1_000_000) ms"
        default: return "\(error)"
        }
    }
}
