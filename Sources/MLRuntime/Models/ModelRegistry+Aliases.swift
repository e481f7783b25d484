import Client
public import Core

extension ModelRegistry {
    /// Losing to another change so often means that something is wrong.
    private static let attemptsMax = 32

    /// Gives an alias to a version, or takes it away; the alias with its history.
    ///
    /// Of several who change it at once each sees the change before: with an expectation all but one fail.
    /// Errors: `.invalidArgument` for a name that none can have and when the alias is not what was expected; `.fileNotFound` for
    /// a version that is not there.
    @discardableResult
    public func setAlias(
        _ alias: String, of name: String, to version: UInt64?, expecting expectation: ModelAlias.Expectation = .anything
    ) async throws(HFSError) -> ModelAlias {
        let alias = try ModelAlias.checked(alias)
        let path = try paths.model(name)
        _ = try await status(path, of: "model '\(name)'")
        if let version {
            _ = try await status(try paths.version(name, version), of: "version \(version) of the model '\(name)'")
        }
        for _ in 0..<Self.attemptsMax {
            let old = try await aliases(of: path).first { $0.name == alias }
            var new = old ?? ModelAlias(alias)
            try new.check(expectation)
            guard version != nil || old != nil else {
                throw HFSError(.fileNotFound, "The model '\(name)' has no alias '\(alias)'", subject: path)
            }
            guard new.version != version else { return new }
            new.change(to: version, user: fileSystem.user, timeMs: clock.nowMs)
            let answer = try await fileSystem.compareAndSetXAttr(
                path, new.attributeName, old: try old?.bytes, new: try new.bytes)
            if answer == .set { return new }
        }
        throw HFSError(.retriable, "The alias '\(alias)' changes all the time", subject: path)
    }

    /// All that a model has or had, in the order of their names.
    func aliases(of path: String) async throws(HFSError) -> [ModelAlias] {
        var found: [ModelAlias] = []
        for attribute in try await fileSystem.xattrs(of: path) {
            if let alias = try ModelAlias(attribute: attribute) { found.append(alias) }
        }
        return found.sorted { $0.name < $1.name }
    }
}
