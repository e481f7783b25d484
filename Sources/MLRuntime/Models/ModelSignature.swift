public import Core

/// What a model takes and gives.
public struct ModelSignature: Hashable, Sendable, Codable {
    public var inputs: [ModelField]
    public var outputs: [ModelField]

    public init(inputs: [ModelField], outputs: [ModelField]) {
        self.inputs = inputs
        self.outputs = outputs
    }

    /// From JSON: `{"inputs": [{"name": "x", "type": "double"}], "outputs": [...]}`. Throws `.invalidArgument`, saying what is
    /// wrong.
    public init(json: [UInt8]) throws(HFSError) {
        do throws(HFSError) {
            self = try CanonicalJSON.value(ModelSignature.self, from: json)
        } catch {
            throw HFSError(
                .invalidArgument,
                "A signature is {\"inputs\": [{\"name\": ..., \"type\": ...}], \"outputs\": [...]} with types \(Self.types)",
                cause: error.cause)
        }
        for (what, fields) in [("input", inputs), ("output", outputs)] {
            guard Set(fields.map(\.name)).count == fields.count else {
                throw HFSError(.invalidArgument, "The signature names an \(what) twice")
            }
        }
        for field in inputs + outputs { try field.check() }
    }

    /// Checks an example of the inputs: an object with a value for each, or a list of such. Throws `.invalidArgument`, naming the
    /// first input that it does not fit.
    public func check(_ example: ModelExample) throws(HFSError) {
        if case .list(let rows) = example {
            for row in rows { try check(row: row) }
        } else {
            try check(row: example)
        }
    }

    private func check(row: ModelExample) throws(HFSError) {
        guard case .object(let values) = row else {
            throw HFSError(.invalidArgument, "The input example is no object with the signature's inputs")
        }
        for field in inputs {
            guard let value = values[field.name] else {
                throw HFSError(.invalidArgument, "The input example lacks the input '\(field.name)'")
            }
            guard field.fits(value) else {
                throw HFSError(.invalidArgument, "The input example's '\(field.name)' is no \(field)")
            }
        }
        for name in values.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
            throw HFSError(.invalidArgument, "The input example has '\(name)', which the signature does not")
        }
    }

    private static let types = ModelField.Element.allCases.map(\.rawValue).joined(separator: ", ")
}
