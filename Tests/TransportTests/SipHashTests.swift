import Testing

@testable import Transport

@Suite("SipHash")
struct SipHashTests {
    /// Of the bytes 0, 1, 2, ... under the key 0, 1, ... 15, by the length of the message: as `openssl mac` says.
    static let known: [(length: Int, code: String)] = [
        (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
        (15, "5493e99933b0a8117e08ec0f97cfc3d9"), (16, "6ee2a4ca67b054bbfd3315bf85230577"),
        (17, "473d06e8738db89854c066c47ae47740"),
    ]

    @Test("codes are those of other implementations", arguments: known)
    func codes(length: Int, code: String) {
        let hash = SipHash(key: (0..<16).map { UInt8($0) })
        #expect(hash.code((0..<length).map { UInt8($0) }) == hex(code))
    }
}
