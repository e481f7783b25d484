/// What to do about safemode, with HDFS's numbers.
public enum SafeModeAction: UInt8, Sendable { case leave = 1, enter, get }
