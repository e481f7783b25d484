internal import Core

/// Bytes that a replica takes in its volume, data and checksums, as the store accounts for them.
enum ReplicaFootprint {
    static func bytes(_ length: UInt64) -> UInt64 { length + ChecksumFormat.standard.fileBytes(length) }
}
