/// A version of a model as it is stored.
public struct ModelVersion: Hashable, Sendable {
    public var name: String
    public var version: UInt64
    public var path: String
    /// Who owns it.
    public var user: String
    /// When it was exported, milliseconds since 1970.
    public var createdMs: Int64
    public var description: String
    /// As its attributes say now: they may be set after the export, too.
    public var metrics: [String: Double]
    public var signature: ModelSignature?
    /// The JSON; nil where none was given.
    public var inputExample: [UInt8]?
    /// The aliases that it is given, in the order of their names.
    public var aliases: [String]
}
