/// Names one accepted connection for the life of the process; never used twice.
package struct RPCConnectionID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) { self.rawValue = rawValue }

    package var description: String { "conn-\(rawValue)" }
}
