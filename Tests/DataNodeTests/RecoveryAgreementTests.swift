import Core
import Testing

@testable import DataNode

@Suite struct RecoveryAgreementTests {
    static func replica(
        _ state: ReplicaState, _ length: UInt64, stamp: UInt64 = 1001
    ) -> RecoveryAgreement.Answer {
        .replica(BlockStore.RecoveryState(state: state, generationStamp: GenerationStamp(stamp), length: length))
    }

    @Test func aFinalizedReplicaDecidesAndOthersOfItsLengthJoin() throws {
        let agreed = try RecoveryAgreement.decide(
            [
                Self.replica(.rbw, 10), Self.replica(.finalized, 12), Self.replica(.rbw, 12), Self.replica(.rwr, 12),
            ], knownLength: 0)
        #expect(agreed == .finalize(length: 12, participants: [1, 2]))
    }

    @Test func whatARecoveryFinishedBeforeItsPrimaryDiedDecides() throws {
        let agreed = try RecoveryAgreement.decide(
            [
                Self.replica(.finalized, 12), Self.replica(.rbw, 10), Self.replica(.finalized, 10, stamp: 1005),
                Self.replica(.rbw, 11),
            ], knownLength: 12)
        #expect(agreed == .finalize(length: 10, participants: [1, 2]))
    }

    @Test func theShortestReplicaBeingWrittenDecidesAndThoseWaitingAreLeftOut() throws {
        let agreed = try RecoveryAgreement.decide(
            [
                Self.replica(.rbw, 10), Self.replica(.rbw, 9), Self.replica(.rwr, 5), .failed,
            ], knownLength: 0)
        #expect(agreed == .finalize(length: 9, participants: [0, 1]))
    }

    @Test func waitingReplicasDecideWhenNoOtherIsLeft() throws {
        let agreed = try RecoveryAgreement.decide(
            [
                Self.replica(.rwr, 7), .failed, Self.replica(.rwr, 5), Self.replica(.rbw, 0),
            ], knownLength: 0)
        #expect(agreed == .finalize(length: 5, participants: [0, 2]))
    }

    @Test func aBlockIsOnlyDeletedWhenAllWereHeardAndNobodyKnowsOfAByte() throws {
        #expect(try RecoveryAgreement.decide([.notFound, Self.replica(.rbw, 0)], knownLength: 0) == .deleteBlock)
        #expect(throws: HFSError.self) { try RecoveryAgreement.decide([.notFound, .failed], knownLength: 0) }
        #expect(throws: HFSError.self) { try RecoveryAgreement.decide([.notFound, .stale], knownLength: 0) }
        #expect(try RecoveryAgreement.decide([Self.replica(.rbw, 0), .stale], knownLength: 0) == .deleteBlock)
        #expect(throws: HFSError.self) {
            try RecoveryAgreement.decide([Self.replica(.rwr, 0), .stale], knownLength: 0)
        }
        #expect(throws: HFSError.self) { try RecoveryAgreement.decide([.notFound, .notFound], knownLength: 1) }
        #expect(throws: HFSError.self) { try RecoveryAgreement.decide([], knownLength: 0) }
    }

    @Test func finalizedReplicasThatDifferAreNotDecidedUpon() {
        #expect(throws: HFSError.self) {
            try RecoveryAgreement.decide([Self.replica(.finalized, 3), Self.replica(.finalized, 4)], knownLength: 0)
        }
    }
}
