import Core
import MetaStore

/// What a query looks at: an attribute, or something that every entry has.
enum FindField: Hashable, Sendable {
    /// `hfs.artifact`, else `file` or `directory`.
    case kind
    case name, owner, path
    /// Milliseconds since 1970.
    case modified
    /// The name within the `user` namespace: only its attributes are indexed.
    case attribute(String)

    static let file = Array("file".utf8)
    static let directory = Array("directory".utf8)

    init(_ text: String) throws(HFSError) {
        switch text {
        case "kind": self = .kind
        case "name": self = .name
        case "owner": self = .owner
        case "path": self = .path
        case "modified": self = .modified
        default:
            guard let attribute = ExtendedAttribute(fullName: text), attribute.namespace == .user else {
                throw HFSError(
                    .invalidArgument,
                    "'\(text)' cannot be searched: fields are user.*, ml.*, hfs.*, kind, name, owner, path and modified"
                )
            }
            self = .attribute(attribute.name)
        }
    }

    /// The attribute in whose index the field is, if only partly; nil when none helps.
    var indexedName: String? {
        switch self {
        case .kind: OwnAttribute.artifact.rawValue
        case .attribute(let name): name
        case .name, .owner, .path, .modified: nil
        }
    }
}
