import MLRuntime

/// An alias with its history as the commands print it.
struct ModelAliasOutput: Encodable {
    let alias: String
    /// nil: taken away.
    let version: UInt64?
    /// The newest first.
    let history: [ModelAlias.Change]

    init(_ alias: ModelAlias) {
        self.alias = alias.name
        version = alias.version
        history = alias.history
    }

    static let header = ["ALIAS", "VERSION", "SINCE", "BY"]

    var rows: [[String]] {
        history.map { change in
            [alias, change.version.map { "\($0)" } ?? "-", Format.time(change.timeMs, seconds: true), change.user]
        }
    }
}
