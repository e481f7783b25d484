import Client
import Core

/// Names of one kind in a directory: `NAME-1`, `NAME-2`, ...
enum NumberedName {
    /// Gives the directory `staging`, complete, the next free name in `parent`, as one step: of several who do so at once each gets
    /// another.
    static func give(
        _ name: String, to staging: String, in parent: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> String {
        var number = 1
        for try await entry in fileSystem.list(parent) {
            let taken = String(decoding: entry.name, as: UTF8.self)
            guard taken.hasPrefix("\(name)-"), let last = Int(taken.dropFirst(name.count + 1)) else { continue }
            number = max(number, last + 1)
        }
        while true {
            do throws(HFSError) {
                try await fileSystem.rename(staging, to: "\(parent)/\(name)-\(number)")
                return "\(parent)/\(name)-\(number)"
            } catch {
                guard error.code == .alreadyExists else { throw error }
                number += 1
            }
        }
    }
}
