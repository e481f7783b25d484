import Core

/// Which names may be made (HDFS `FSDirectory.verifyINodeName`, `verifyMaxComponentLength`, `checkPathLength`).
enum PathRules {
    /// Before anything else for calls that make a path: length and depth of the whole.
    static func checkLength(_ text: String, call: StaticString) throws(HFSError) {
        let depth = text.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "/") ? 1 : 0) }
        guard text.utf8.count <= Limits.pathBytesMax, depth <= Limits.pathDepthMax else {
            throw HFSError(
                .io,
                "\(call): Pathname too long.  Limit \(Limits.pathBytesMax) characters, \(Limits.pathDepthMax) levels.")
        }
    }

    /// Whether the entries of `path` from `depth` on may be made.
    static func checkNewNames(_ path: FilePath, from depth: Int) throws(HFSError) {
        for (index, name) in path.components.enumerated().dropFirst(depth) {
            if index == 0, name == ReservedNames.reserved {
                throw HFSError(
                    .invalidArgument,
                    "File name \"\(name)\" is reserved and cannot be created. If this is during upgrade change the name of "
                        + "the existing file or directory to another name before upgrading to the new release.")
            }
            if name == ReservedNames.snapshot {
                throw HFSError(.invalidArgument, "\"\(name)\" is a reserved name.")
            }
            if name.utf8.count > Limits.nameBytesMax {
                let parent = path.prefix(index)
                throw HFSError(
                    .nameTooLong,
                    "The maximum path component name limit of \(name) in directory \(parent) is exceeded: "
                        + "limit=\(Limits.nameBytesMax) length=\(name.utf8.count)")
            }
        }
    }
}
