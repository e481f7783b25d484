import Core

/// What whoever exports a model tells of it.
public struct ModelDescription: Hashable, Sendable {
    public var text: String
    /// Numbers to compare versions by. A model that is copied out of a trial gets the trial's last ones, but for those told here.
    public var metrics: [String: Double]
    public var signature: ModelSignature?
    /// JSON that fits the signature, where there is one.
    public var inputExample: [UInt8]?

    public init(
        _ text: String = "", metrics: [String: Double] = [:], signature: ModelSignature? = nil,
        inputExample: [UInt8]? = nil
    ) {
        self.text = text
        self.metrics = metrics
        self.signature = signature
        self.inputExample = inputExample
    }

    static let metricPrefix = "ml."
    static let textAttribute = "ml.description"
    private static let textBytesMax = 4 << 10
    private static let metricBytesMax = 200

    /// Throws `.invalidArgument` for what cannot be stored or does not fit together.
    func check() throws(HFSError) {
        guard text.utf8.count <= Self.textBytesMax else {
            throw HFSError(.invalidArgument, "A model's description has at most \(Self.textBytesMax) bytes")
        }
        for (name, value) in metrics.sorted(by: { $0.key < $1.key }) {
            guard !name.isEmpty, name.utf8.count <= Self.metricBytesMax, !name.contains("="),
                Self.metricPrefix + name != Self.textAttribute
            else { throw HFSError(.invalidArgument, "'\(name)' is no name of a metric") }
            guard value.isFinite else {
                throw HFSError(.invalidArgument, "The metric '\(name)' is \(value): only numbers can be compared")
            }
        }
        guard let inputExample else { return }
        guard inputExample.count <= ModelRecord.bytesMax else {
            throw HFSError(.invalidArgument, "An input example has at most \(ModelRecord.bytesMax) bytes")
        }
        let example = try ModelExample(json: inputExample)
        try signature?.check(example)
    }

    /// The attributes by which a version is found and compared.
    var attributes: [ExtendedAttribute] {
        var texts = metrics.map { (Self.metricPrefix + $0.key, "\($0.value)") }.sorted { $0.0 < $1.0 }
        if !text.isEmpty { texts.append((Self.textAttribute, text)) }
        return texts.compactMap { ExtendedAttribute(fullName: $0.0, value: Array($0.1.utf8)) }
    }
}
