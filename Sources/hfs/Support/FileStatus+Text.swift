import Core

extension FileStatus {
    var nameText: String { String(decoding: name, as: UTF8.self) }

    /// The ten letters of `ls -l`, and `+` when there is an ACL.
    var modeText: String { (isDirectory ? "d" : "-") + mode.description + (hasACL ? "+" : "") }
}
