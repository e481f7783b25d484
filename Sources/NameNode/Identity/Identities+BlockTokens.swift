import Core
import Transport
import WireProtocol

/// Block tokens: what the namenode tells readers in the name of a run, and datanodes tell the namenode when they sent bytes.
///
/// Nobody but the namenode looks into them or judges them, so no key leaves it.
extension Identities {
    /// The token of everything that `user` reads of what its run has opened; nil before the start is over.
    func blockToken(_ opening: Opening, user: String, poolID: String) -> BlockAccessToken? {
        guard let issuer = currentIssuer else { return nil }
        let generation = opening.generation
        let identifier = BlockTokenIdentifier(
            keyID: issuer.keyID, user: user, poolID: poolID, run: opening.run.rawValue,
            inode: generation.inode.rawValue, length: generation.length, modifiedMs: generation.modifiedMs
        ).bytes
        return BlockAccessToken(identifier: identifier, password: issuer.blockKey.code(identifier))
    }

    /// What a block token proves. Errors: `.invalidToken` for one that this namenode did not give.
    func opening(_ token: BlockAccessToken) throws(HFSError) -> Opening {
        guard let identifier = try? BlockTokenIdentifier(decoding: token.identifier),
            let issuer = issuer(keyID: identifier.keyID),
            ConstantTime.isEqual(issuer.blockKey.code(token.identifier), token.password)
        else { throw HFSError(.invalidToken, "A block token that is forged or of a key that is gone") }
        return Opening(
            run: RunID(identifier.run),
            generation: FileGeneration(
                inode: InodeID(identifier.inode), length: identifier.length, modifiedMs: identifier.modifiedMs))
    }
}
