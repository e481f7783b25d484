import Core
import Glibc

/// Names that files and directories get by a rename into a local directory, in the order in which they do: the kernel tells.
final class RenameWatch: Sendable {
    private let descriptor: Int32

    init(_ folder: String) throws(HFSError) {
        descriptor = inotify_init1(O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw TrialFolder.error("watch \(folder)") }
        guard inotify_add_watch(descriptor, folder, UInt32(IN_MOVED_TO)) >= 0 else {
            throw TrialFolder.error("watch \(folder)")
        }
    }

    deinit { close(descriptor) }

    /// Those since the last call.
    func names() -> [String] {
        var names: [String] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 {
            names += Self.names(in: buffer[..<count])
        }
        return names
    }

    /// An event: watch, mask, cookie and the name's length, four bytes each; then the name, filled up with zeros.
    private static func names(in events: ArraySlice<UInt8>) -> [String] {
        var names: [String] = []
        var rest = events
        while rest.count >= 16 {
            let length = rest.dropFirst(12).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            let name = rest.dropFirst(16).prefix(length).prefix { $0 != 0 }
            if !name.isEmpty { names.append(String(decoding: name, as: UTF8.self)) }
            rest = rest.dropFirst(16 + length)
        }
        return names
    }
}
