import Core
import MetaStore

/// The attributes of the `hfs` namespace: what the system itself goes by. Their owner sets them, no others exist, and each
/// has its form.
enum OwnAttribute: String, CaseIterable {
    /// What kind of artifact the file or directory is: `model`, `training-dataset`, `project`, ...; a word.
    case artifact = "hfs.artifact"
    /// Of a directory: `TraceLevel`.
    case trace = "hfs.trace"
    /// Of a directory: `DeletionProtection`.
    case deletionProtection = "hfs.deletion-protection"

    static let prefix = "hfs."
    /// The artifact kind that makes a directory a scope of the attribute index.
    static let project = Array("project".utf8)
    /// Bytes of an artifact kind.
    private static let wordBytesMax = 64

    /// nil for attributes of other namespaces.
    init?(_ attribute: ExtendedAttribute) {
        guard attribute.namespace == .user else { return nil }
        self.init(rawValue: attribute.name)
    }

    /// Refuses values that are not of the attribute's form.
    func check(_ value: [UInt8], isDirectory: Bool) throws(PlanInterrupt) {
        let text = String(decoding: value, as: UTF8.self)
        switch self {
        case .artifact:
            guard !value.isEmpty, value.count <= Self.wordBytesMax, value.allSatisfy(Self.isWordByte) else {
                throw refusal(
                    .invalidArgument,
                    "\(rawValue) is a word of at most \(Self.wordBytesMax) letters a to z, digits, - and _: '\(text)'")
            }
        case .trace:
            guard TraceLevel(text) != nil else {
                throw refusal(.invalidArgument, "\(rawValue) is none, writes or all: '\(text)'")
            }
            guard isDirectory else { throw refusal(.invalidArgument, "\(rawValue) is for directories") }
        case .deletionProtection:
            guard DeletionProtection(rawValue: text) != nil else {
                throw refusal(.invalidArgument, "\(rawValue) is none or lineage: '\(text)'")
            }
            guard isDirectory else { throw refusal(.invalidArgument, "\(rawValue) is for directories") }
        }
    }

    /// What one directory says holds for all that lies below, up to the next one that says something.
    var isInherited: Bool {
        switch self {
        case .artifact: false
        case .trace, .deletionProtection: true
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
