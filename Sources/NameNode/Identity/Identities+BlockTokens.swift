import Core
import Transport
import WireProtocol

/// Block tokens: what the namenode tells readers in the name of a run, and datanodes tell the namenode when they sent bytes.
///
/// Nobody but the namenode looks into them or judges them, so no key leaves it. They are made with the master key of delegation
/// tokens; the two kinds cannot be taken for each other, because their identifiers begin differently (0 there, never here).
extension Identities {
    /// The token of everything that `caller` reads of what it has opened; nil for a caller without a run.
    func blockToken(_ opened: NamespaceEvent, _ caller: Caller, poolID: String) -> BlockAccessToken? {
        guard let run = caller.run, let generation = FileGeneration(opened), let issuer = currentIssuer else {
            return nil
        }
        var identifier = Hadoop_Hdfs_BlockTokenSecretProto()
        identifier.keyID = issuer.keyID
        identifier.userID = caller.user
        identifier.blockPoolID = poolID
        identifier.modes = [.read]
        identifier.run = run.rawValue
        identifier.inode = generation.inode.rawValue
        identifier.length = generation.length
        identifier.modifiedMs = generation.modifiedMs
        // No field is required: this always succeeds.
        guard let bytes = try? MessageCoding.encode(identifier) else { return nil }
        return BlockAccessToken(identifier: bytes, password: issuer.password(bytes))
    }

    /// What a block token proves. Errors: `.invalidToken` for one that this namenode did not give.
    func opening(_ token: BlockAccessToken) throws(HFSError) -> Opening {
        guard
            let identifier = try? MessageCoding.decode(Hadoop_Hdfs_BlockTokenSecretProto.self, from: token.identifier),
            identifier.hasRun, let issuer = issuer(keyID: identifier.keyID),
            ConstantTime.isEqual(issuer.password(token.identifier), token.password)
        else { throw HFSError(.invalidToken, "A block token that is forged or of a key that is gone") }
        return Opening(
            run: RunID(identifier.run),
            generation: FileGeneration(
                inode: InodeID(identifier.inode), length: identifier.length, modifiedMs: identifier.modifiedMs))
    }
}
