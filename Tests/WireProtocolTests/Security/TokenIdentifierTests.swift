import Core
import Testing

@testable import WireProtocol

@Suite("Delegation token identifiers")
struct TokenIdentifierTests {
    private let captured = "0005616c6963650772656e65776572008a01a1fb2d2f818a01a21f39b3810102"

    @Test("an identifier captured from HDFS reads and writes back")
    func capturedIdentifier() throws {
        let identifier = try DelegationTokenIdentifier(bytes: hex(captured))
        #expect(identifier.owner == "alice" && identifier.renewer == "renewer" && identifier.realUser == "")
        #expect(identifier.number == 1 && identifier.keyID == 2)
        #expect(identifier.maxMs - identifier.issuedMs == 7 * 24 * 3_600_000)
        #expect(identifier.bytes == hex(captured))
    }

    @Test(
        "numbers take Hadoop's form",
        arguments: [
            (0, "00"), (127, "7f"), (-112, "90"), (128, "8f80"), (-113, "8770"), (255, "8fff"), (256, "8e0100"),
            (Int64.max, "887fffffffffffffff"), (Int64.min, "807fffffffffffffff"),
        ] as [(Int64, String)])
    func numbers(value: Int64, bytes: String) throws {
        var writer = HadoopWriter()
        writer.number(value)
        #expect(writer.bytes == hex(bytes))
        var reader = HadoopReader(hex(bytes))
        #expect(try reader.number() == value)
        #expect(reader.isAtEnd)
    }

    @Test("cut and lengthened identifiers are refused")
    func damaged() {
        let bytes = hex(captured)
        for count in 0..<bytes.count {
            #expect(throws: HFSError.self) { try DelegationTokenIdentifier(bytes: Array(bytes.prefix(count))) }
        }
        #expect(throws: HFSError.self) { try DelegationTokenIdentifier(bytes: bytes + [0]) }
    }
}
