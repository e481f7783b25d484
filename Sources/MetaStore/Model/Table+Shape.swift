extension Table {
    /// True for a table with many rows an id, told apart by `sub`; the others have one row an id and an empty `sub`.
    var hasSub: Bool {
        switch self {
        case .dentry, .fileBlock, .xattr, .lease, .reclaim, .system, .run, .token, .cursor, .attribute: true
        case .locator, .directory, .counter, .block, .acl, .inline: false
        }
    }

    /// One more than the largest raw value, for arrays indexed by table.
    static let slots = 17
}
