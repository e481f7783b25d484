import Core
import Testing

@testable import NameNode

@Suite struct AttributeValueTests {
    private func value(_ text: String) -> AttributeValue { AttributeValue(Array(text.utf8)) }

    @Test(arguments: ["1", "-1", "+0.5", ".5", "5.", "1e3", "-2.5E-7", "007"])
    func decimalTextIsANumber(text: String) {
        #expect(value(text) == .number(Double(text) ?? .nan))
    }

    @Test(arguments: ["", "-", ".", "1e", "e5", "0x10", "nan", "inf", "1 ", "1,5", "v1", "1.2.3"])
    func otherTextIsText(text: String) { #expect(value(text) == .text(Array(text.utf8))) }

    @Test func encodedValuesOrderAsValues() {
        let ordered = [
            "-1e999", "-1e300", "-2", "-1", "-1e-300", "0", "1e-300", "0.5", "1", "2", "10", "1e300", "1e999", "", "\0",
            "\0\0", "\0a", "\u{1}", "1.2.3", "a", "a\0", "a\0b", "ab", "b",
        ]
        for (index, text) in ordered.enumerated() {
            for other in ordered[(index + 1)...] {
                #expect(
                    value(text).encoded.lexicographicallyPrecedes(value(other).encoded), "\(text) before \(other)")
            }
        }
        #expect(value("-0").encoded == value("0").encoded)
        #expect(value("1e0").encoded == value("1").encoded)
    }

    @Test func namesAreWrittenWithTheirNamespace() {
        func full(_ text: String) -> String? { ExtendedAttribute(fullName: text)?.fullName }
        #expect(full("user.x") == "user.x")
        #expect(full("USER.x") == "user.x")
        #expect(full("user.ml.accuracy") == "ml.accuracy")
        #expect(full("ml.accuracy") == "ml.accuracy")
        #expect(full("hfs.trace") == "hfs.trace")
        #expect(full("trusted.x") == "trusted.x")
        for text in ["x", "ml.", "user.", "mls.x", "", "."] { #expect(full(text) == nil, "\(text)") }
    }
}
