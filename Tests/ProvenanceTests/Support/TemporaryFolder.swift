import Foundation

/// A folder that goes with its last reference.
final class TemporaryFolder: Sendable {
    let path = NSTemporaryDirectory() + "hfs-provenance-\(UUID().uuidString)"

    func file(_ name: String) -> String { "\(path)/\(name)" }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
