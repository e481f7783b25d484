import Core
import Transport
import WireProtocol

/// HDFS's calls about delegation tokens.
extension ClientProtocolHandler {
    static let tokens: [(String, Method)] = [
        ("getDelegationToken", { handler, call throws(HFSError) in try handler.getDelegationToken(call) }),
        ("renewDelegationToken", { handler, call throws(HFSError) in try handler.renewDelegationToken(call) }),
        ("cancelDelegationToken", { handler, call throws(HFSError) in try handler.cancelDelegationToken(call) }),
    ]

    private func getDelegationToken(_ call: RPCCall) throws(HFSError) {
        let renewer = try call.request(Hadoop_Common_GetDelegationTokenRequestProto.self).renewer
        guard call.connection.token == nil else {
            throw HFSError(.io, "Delegation Token can be issued only with kerberos or web authentication")
        }
        let issuer = try identities.issuer()
        write(call, refusal: "Cannot issue delegation token") {
            IssueToken(caller: $0, issuer: issuer, renewer: renewer)
        }
    }

    private func renewDelegationToken(_ call: RPCCall) throws(HFSError) {
        let number = try number(of: call.request(Hadoop_Common_RenewDelegationTokenRequestProto.self).token)
        write(call, refusal: "Cannot renew delegation token") { RenewToken(caller: $0, number: number) }
    }

    private func cancelDelegationToken(_ call: RPCCall) throws(HFSError) {
        let number = try number(of: call.request(Hadoop_Common_CancelDelegationTokenRequestProto.self).token)
        let run = identities.run(ofToken: number)
        write(call, refusal: "Cannot cancel delegation token") { RemoveToken(caller: $0, number: number, actsFor: run) }
    }

    private func number(of token: Hadoop_Common_TokenProto) throws(HFSError) -> UInt32 {
        try identities.number(of: DelegationToken(token))
    }
}
