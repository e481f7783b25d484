/// What `hfs rm` asks before it deletes something below a directory: the value of `hfs.deletion-protection`, inherited.
public enum DeletionProtection: String, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// Whether a live model was made from it; then it takes `--force`.
    case lineage

    /// The attribute's name.
    public static let attributeName = "hfs.deletion-protection"
}
