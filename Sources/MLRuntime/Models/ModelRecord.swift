/// `hfs-model.json` in a version's directory: what was told of it when it was exported.
public struct ModelRecord: Hashable, Sendable, Codable {
    public var name: String
    public var project: String
    /// Who exported it.
    public var user: String
    /// Milliseconds since 1970.
    public var createdMs: Int64
    public var description: String
    public var metrics: [String: Double]
    public var signature: ModelSignature?

    /// Names of the registry's own files in a version's directory.
    static let file = "hfs-model.json"
    static let exampleFile = "hfs-input-example.json"
    static let ownFiles: Set<String> = [file, exampleFile]
    static let bytesMax = 1 << 20
}
