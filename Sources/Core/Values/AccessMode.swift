/// Read (4), write (2), execute (1), as HDFS's `FsAction` numbers them.
public struct AccessMode: OptionSet, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue & 7 }

    public static let read = AccessMode(rawValue: 4)
    public static let write = AccessMode(rawValue: 2)
    public static let execute = AccessMode(rawValue: 1)
    public static let all = AccessMode(rawValue: 7)

    public var description: String {
        (contains(.read) ? "r" : "-") + (contains(.write) ? "w" : "-") + (contains(.execute) ? "x" : "-")
    }

    /// HDFS's name in messages: `READ_EXECUTE`, `WRITE`, `ALL`, `NONE`.
    public var hdfsName: String {
        switch rawValue {
        case 0: "NONE"
        case 1: "EXECUTE"
        case 2: "WRITE"
        case 3: "WRITE_EXECUTE"
        case 4: "READ"
        case 5: "READ_EXECUTE"
        case 6: "READ_WRITE"
        default: "ALL"
        }
    }
}
