import Core
import Glibc

/// A thread that can be seen to block.
final class WatchedThread: Sendable {
    /// Its directory in `/proc`.
    private let place: String
    private let thread: StartedThread

    init(name: String, _ body: @escaping @Sendable () -> Void) throws {
        let started = Monitor<String?>(nil)
        thread = try startThread(name: name) {
            var link = [CChar](repeating: 0, count: 64)
            let count = readlink("/proc/thread-self", &link, link.count)
            let target = link.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }
            started.update { $0 = "/proc/" + String(decoding: target, as: UTF8.self) }
            body()
        }
        place = started.wait { $0 } ?? ""
    }

    func join(timeoutMs: Int64) -> Bool { thread.join(timeoutMs: timeoutMs) }

    /// Whether the kernel lets it sleep: in its socket call, when it does nothing else that could make it wait.
    var isBlocked: Bool {
        guard let file = fopen("\(place)/stat", "r") else { return false }
        defer { fclose(file) }
        var line = [UInt8](repeating: 0, count: 512)
        let count = fread(&line, 1, line.count, file)
        // `4711 (name) S ...`
        guard let end = line.prefix(count).lastIndex(of: UInt8(ascii: ")")), end + 2 < count else { return false }
        return line[end + 2] == UInt8(ascii: "S")
    }
}
