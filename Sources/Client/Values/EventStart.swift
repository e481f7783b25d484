public import Core

/// Where a reader of the event feed begins.
public enum EventStart: Hashable, Sendable {
    /// The oldest event that the namenode still keeps.
    case oldest
    /// The events of this record, which must still be kept: `.eventsRemoved` names the oldest one that is.
    case lsn(LSN)
    /// The first record written at or after this time, milliseconds since 1970.
    case time(ms: Int64)
    /// Only what happens from now on.
    case end
}
