/// One of 256 fixed parts of the id space. A map says which shard file holds which of them.
package struct VirtualShard: Hashable, Sendable {
    package let rawValue: UInt8

    package init(_ rawValue: UInt8) { self.rawValue = rawValue }

    package static let count = 256
}
