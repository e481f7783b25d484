package import Core

/// Where a reader of the feed begins.
package enum FeedStart: Hashable, Sendable {
    /// With this record; `.zero` means the oldest one kept.
    case lsn(LSN)
    /// With the first record planned at or after this time, milliseconds since 1970; records written while the namenode's
    /// clock was set back may come with it.
    case time(ms: Int64)
    /// With what comes from now on.
    case end
}
