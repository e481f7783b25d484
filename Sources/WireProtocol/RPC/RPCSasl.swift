/// The messages of the SASL exchange that are used without Kerberos.
package enum RPCSasl {
    package static let simpleMethod = "SIMPLE"

    /// Asks for the server's methods.
    package static var negotiate: Hadoop_Common_RpcSaslProto { message(.negotiate) }

    /// The server's offer: SIMPLE only.
    package static var simpleOffer: Hadoop_Common_RpcSaslProto {
        var message = message(.negotiate)
        message.auths = [simple]
        return message
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
