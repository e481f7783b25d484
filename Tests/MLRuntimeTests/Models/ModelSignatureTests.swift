import Core
import Testing

@testable import MLRuntime

@Suite("Signatures of models")
struct ModelSignatureTests {
    private static let signature = ModelSignature(
        inputs: [
            ModelField("x", .double, shape: [-1, 2]), ModelField("n", .integer), ModelField("s", .string),
            ModelField("b", .boolean),
        ],
        outputs: [ModelField("y", .long)])

    private func check(_ json: String) throws(HFSError) {
        try Self.signature.check(ModelExample(json: Array(json.utf8)))
    }

    @Test("an example fits, alone or in a list")
    func fits() throws {
        let row = #"{"x": [[1, 2.5]], "n": -7, "s": "nan", "b": true}"#
        try check(row)
        try check("[\(row), \(row)]")
        try check(#"{"x": [], "n": 2147483647, "s": "", "b": false}"#)
    }

    @Test(
        "an example does not fit",
        arguments: [
            ("1", "is no object"), (#"{"x": [[1, 2]], "n": 1, "s": ""}"#, "lacks the input 'b'"),
            (#"{"x": [1, 2], "n": 1, "s": "", "b": true}"#, "'x' is no double tensor of shape [-1, 2]"),
            (#"{"x": [[1, 2, 3]], "n": 1, "s": "", "b": true}"#, "'x' is no"),
            (#"{"x": [], "n": 2147483648, "s": "", "b": true}"#, "'n' is no integer"),
            (#"{"x": [], "n": true, "s": "", "b": true}"#, "'n' is no integer"),
            (#"{"x": [], "n": 1, "s": 1, "b": true}"#, "'s' is no string"),
            (#"{"x": [], "n": 1, "s": "", "b": 1}"#, "'b' is no boolean"),
            (#"{"x": [], "n": 1, "s": "", "b": true, "z": null}"#, "has 'z'"), ("{", "is no JSON"),
        ])
    func doesNotFit(json: String, message: String) {
        let error = #expect(throws: HFSError.self) { try check(json) }
        #expect(
            error?.code == .invalidArgument && error?.message.contains(message) == true, "\(String(describing: error))")
    }

    @Test("a signature is read from JSON and written as it was")
    func json() throws {
        let bytes = try CanonicalJSON.bytes(Self.signature)
        #expect(try ModelSignature(json: bytes) == Self.signature)
    }

    @Test(
        "what is no signature",
        arguments: [
            "", "[]", #"{"inputs": []}"#, #"{"inputs": [{"name": "x", "type": "int"}], "outputs": []}"#,
            #"{"inputs": [{"name": "", "type": "double"}], "outputs": []}"#,
            #"{"inputs": [{"name": "x", "type": "double", "shape": [-2]}], "outputs": []}"#,
            #"{"inputs": [{"name": "x", "type": "double"}, {"name": "x", "type": "long"}], "outputs": []}"#,
        ])
    func wrong(json: String) {
        let error = #expect(throws: HFSError.self) { try ModelSignature(json: Array(json.utf8)) }
        #expect(error?.code == .invalidArgument)
    }

    @Test("what is told of a model must be storable")
    func descriptions() throws {
        for metrics in [["a": Double.nan], ["a": .infinity], ["": 1], ["a=b": 1], ["description": 1]] {
            #expect(throws: HFSError.self) { try ModelDescription(metrics: metrics).check() }
        }
        #expect(throws: HFSError.self) { try ModelDescription(String(repeating: "x", count: 4097)).check() }
        let described = ModelDescription("words", metrics: ["b": 1e-5, "a": 2])
        try described.check()
        #expect(described.attributes.map(\.fullName) == ["ml.a", "ml.b", "ml.description"])
        #expect(described.attributes.map { String(decoding: $0.value, as: UTF8.self) } == ["2.0", "1e-05", "words"])
    }
}
