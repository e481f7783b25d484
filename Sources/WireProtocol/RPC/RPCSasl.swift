internal import FoundationEssentials

/// The messages of the SASL exchange that are used without Kerberos.
package enum RPCSasl {
    package static let simpleMethod = "SIMPLE"
    package static let tokenMethod = "TOKEN"
    package static let tokenMechanism = "DIGEST-MD5"
    package static let tokenServerID = "default"

    /// Asks for the server's methods.
    package static var negotiate: Hadoop_Common_RpcSaslProto { message(.negotiate) }

    /// The server's offer: TOKEN with this first challenge, when there is one, then SIMPLE. In this order, as some clients
    /// take SIMPLE unconditionally when it comes first.
    package static func offer(tokenChallenge: String?) -> Hadoop_Common_RpcSaslProto {
        var message = message(.negotiate)
        if let tokenChallenge {
            var auth = Hadoop_Common_RpcSaslProto.SaslAuth()
            auth.method = tokenMethod
            auth.mechanism = tokenMechanism
            auth.protocol = ""
            auth.serverID = tokenServerID
            auth.challenge = Data(tokenChallenge.utf8)
            message.auths.append(auth)
        }
        message.auths.append(simple)
        return message
    }

    /// The client's choice of the offered `auth`, with its first message.
    package static func initiateToken(
        _ auth: Hadoop_Common_RpcSaslProto.SaslAuth, response: String
    ) -> Hadoop_Common_RpcSaslProto {
        var message = message(.initiate)
        message.token = Data(response.utf8)
        message.auths = [auth]
        message.auths[0].clearChallenge()
        return message
    }

    /// The server's last word.
    package static func success(token: String) -> Hadoop_Common_RpcSaslProto {
        var message = message(.success)
        message.token = Data(token.utf8)
        return message
    }

    /// True for an INITIATE that chooses TOKEN and nothing else.
    package static func choosesToken(_ message: Hadoop_Common_RpcSaslProto) -> Bool {
        message.state == .initiate && message.auths.count == 1 && message.auths[0].method == tokenMethod
            && message.auths[0].mechanism == tokenMechanism
    }

    /// The client's choice of SIMPLE; the context frame follows at once, the server does not answer.
    package static var initiateSimple: Hadoop_Common_RpcSaslProto {
        var message = message(.initiate)
        message.auths = [simple]
        return message
    }

    /// True for an INITIATE that chooses SIMPLE and nothing else.
    package static func choosesSimple(_ message: Hadoop_Common_RpcSaslProto) -> Bool {
        message.state == .initiate && message.auths.count == 1 && message.auths[0].method == simpleMethod
    }

    private static var simple: Hadoop_Common_RpcSaslProto.SaslAuth {
        var auth = Hadoop_Common_RpcSaslProto.SaslAuth()
        auth.method = simpleMethod
        auth.mechanism = ""
        return auth
    }

    private static func message(_ state: Hadoop_Common_RpcSaslProto.SaslState) -> Hadoop_Common_RpcSaslProto {
        var message = Hadoop_Common_RpcSaslProto()
        message.state = state
        return message
    }
}
