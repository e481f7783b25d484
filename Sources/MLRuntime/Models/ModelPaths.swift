public import Core

/// Where a project's models lie: `/Projects/P/Models/NAME/VERSION`.
public struct ModelPaths: Hashable, Sendable {
    public let project: String

    /// Throws `.invalidArgument` for what is no name of a project.
    public init(project: String) throws(HFSError) {
        try Self.check(project, "project")
        self.project = project
    }

    public var models: String { "/Projects/\(project)/Models" }

    /// Throws `.invalidArgument` for what is no name of a model.
    public func model(_ name: String) throws(HFSError) -> String {
        try Self.check(name, "model")
        return "\(models)/\(name)"
    }

    public func version(_ name: String, _ number: UInt64) throws(HFSError) -> String { "\(try model(name))/\(number)" }

    /// A directory that nobody else makes; its name is hidden from lists.
    func staging() -> String { "\(models)/.export-\(String(UInt64.random(in: .min ... .max), radix: 16))" }

    private static let nameBytesMax = 200

    private static func check(_ name: String, _ what: String) throws(HFSError) {
        guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/"), name.utf8.count <= nameBytesMax else {
            throw HFSError(
                .invalidArgument,
                "'\(name)' is no name of a \(what): 1 to \(nameBytesMax) bytes, without /, no dot in front")
        }
    }
}
