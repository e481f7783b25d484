import Testing

@testable import Core

@Suite("Errors")
struct ErrorTests {
    @Test("a code comes back from its Java class", arguments: HFSError.Code.allCases)
    func roundTrip(_ code: HFSError.Code) {
        let back = HFSError.Code(javaClass: code.javaClass)
        #expect(back == (code.javaClass == "java.io.IOException" ? .remote : code))
    }

    @Test("no two codes share a class that clients act on")
    func distinct() {
        var seen: [String: HFSError.Code] = [:]
        for code in HFSError.Code.allCases where code.javaClass != "java.io.IOException" {
            #expect(seen.updateValue(code, forKey: code.javaClass) == nil, "\(code)")
        }
    }

    @Test("an unknown class is a remote error")
    func unknown() {
        #expect(HFSError.Code(javaClass: "com.example.Odd") == .remote)
    }

    @Test("a retry is safe or the outcome is unknown, never both", arguments: HFSError.Code.allCases)
    func exclusive(_ code: HFSError.Code) {
        #expect(!(code.isRetryable && code.isOutcomeUnknown))
    }

    @Test("the text names what, where and why")
    func text() {
        let error = HFSError(.io, "cannot write", subject: "/a", cause: "No space left on device")
        #expect("\(error)" == "cannot write (/a): No space left on device")
    }
}
