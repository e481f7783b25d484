import Core
import MetaStore

/// What an `hfs` attribute that holds downwards says at a path: the value of the nearest directory that has one, from the path
/// upwards. Whoever may reach the path may know: it is what goes for them there.
struct GetInheritedAttribute: NamespaceRead {
    struct Setting: Sendable {
        var text: String
        /// Where it is set.
        var directory: String
    }

    var caller: Caller
    var path: FilePath
    var name: String

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> Setting? {
        guard let attribute = OwnAttribute(rawValue: name), attribute.isInherited else {
            let names = OwnAttribute.allCases.filter(\.isInherited).map(\.rawValue).joined(separator: ", ")
            throw refusal(.invalidArgument, "\(name) is not inherited; what is: \(names)")
        }
        let resolved = try view.resolve(path, rows: true)
        try checker(view).check(resolved)
        guard !resolved.isMissing else { throw refusal(.fileNotFound, "File does not exist: \(path)") }
        let depths = resolved.rows.indices.reversed().filter { resolved.rows[$0].hasXAttrs }
        let rows = try view.gather(depths) { (depth, view) throws(PlanInterrupt) in
            try view.xattr(resolved.directories[depth], .user, name)
        }
        for (depth, row) in zip(depths, rows) {
            guard let row else { continue }
            return Setting(text: String(decoding: row.value, as: UTF8.self), directory: resolved.prefix(depth))
        }
        return nil
    }
}
