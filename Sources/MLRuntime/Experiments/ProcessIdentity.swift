import Core
import Glibc

/// A process as others find it again: its host, number, and when it started, which a later process of that number does not
/// share. `HOST,PID,START`: a file may be called that.
public struct ProcessIdentity: Hashable, Sendable, CustomStringConvertible {
    public let host: String
    public let pid: Int32
    /// In the kernel's ticks since the host's start.
    public let start: UInt64

    /// This process.
    public static let current = ProcessIdentity(host: hostName(), pid: getpid(), start: startTicks(getpid()) ?? 0)

    init(host: String, pid: Int32, start: UInt64) {
        self.host = host
        self.pid = pid
        self.start = start
    }

    /// A process of this host; nil when there is none of that number.
    init?(pid: Int32) {
        guard let start = Self.startTicks(pid) else { return nil }
        self.init(host: Self.current.host, pid: pid, start: start)
    }

    /// Reads what `description` writes.
    public init?(_ text: String) {
        let parts = text.split(separator: ",")
        guard parts.count == 3, let pid = Int32(parts[1]), let start = UInt64(parts[2]) else { return nil }
        self.init(host: String(parts[0]), pid: pid, start: start)
    }

    public var description: String { "\(host),\(pid),\(start)" }

    /// Whether it runs; nil when it is a process of another host. One that has ended and waits for its parent does not run.
    public var isAlive: Bool? {
        guard host == Self.current.host else { return nil }
        return Self.startTicks(pid) == start
    }

    /// Ends it, and whatever belongs to the group that it leads, if it is a process of this host, lives, and was started with
    /// these variables, each `NAME=VALUE`.
    func killGroup(startedWith variables: [String]) {
        guard pid > 1, isAlive == true, Set(variables).isSubset(of: Self.variables(pid)) else { return }
        kill(-pid, SIGKILL)
    }

    /// Ends all processes of this user on this host that were started with these variables, or whose parents were: each
    /// `NAME=VALUE`. Such that start others meanwhile are ended with those.
    static func killAll(startedWith wanted: Set<String>) {
        precondition(!wanted.isEmpty)
        for _ in 0..<100 {
            let found = processes().filter { $0 != getpid() && wanted.isSubset(of: variables($0)) }
            if found.isEmpty { return }
            for pid in found { kill(pid, SIGKILL) }
        }
    }

    private static func processes() -> [Int32] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var found: [Int32] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let pid = Int32(name) { found.append(pid) }
        }
        return found
    }

    /// The environment that a process was started with; empty when it is not this user's.
    private static func variables(_ pid: Int32) -> Set<String> {
        guard let file = fopen("/proc/\(pid)/environ", "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer.prefix(count) }
        return Set(bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
    }

    /// Field 22 of /proc/PID/stat, behind the name in parentheses, unless the state in field 3 says that it has ended.
    private static func startTicks(_ pid: Int32) -> UInt64? {
        guard let file = fopen("/proc/\(pid)/stat", "r") else { return nil }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, buffer.count, file)
        let text = String(decoding: buffer.prefix(count), as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return UInt64(fields[19])
    }

    private static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let code = gethostname(&buffer, buffer.count - 1)
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return code == 0 && !name.isEmpty
            ? String(name.map { $0 == "," || $0 == " " || $0 == "/" || $0 == ":" ? "_" : $0 }) : "localhost"
    }
}
