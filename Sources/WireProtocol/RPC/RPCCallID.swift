/// Call ids that name something other than a call; those count up from 0.
package enum RPCCallID {
    package static let authorizationFailed: Int32 = -1
    package static let invalid: Int32 = -2
    /// The frame that says who calls and which protocol. Never answered.
    package static let connectionContext: Int32 = -3
    /// Keeps an idle connection alive. Never answered.
    package static let ping: Int32 = -4
    package static let sasl: Int32 = -33
}
