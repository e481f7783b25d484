import Core
import Glibc

/// systemd's readiness protocol (sd_notify): a server sends `READY=1` to the datagram socket that `NOTIFY_SOCKET` names.
/// `hfs cluster start` listens for it as systemd does.
final class NotifySocket: Sendable {
    private static let messageBytesMax = 4096

    /// What the child gets as `NOTIFY_SOCKET`; `@` stands for the abstract namespace, where a name needs no file.
    let name: String
    let descriptor: Int32

    init(_ label: String) throws {
        name = "@hfs-\(getpid())-\(UInt32.random(in: 0 ... .max))-\(label)"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Complaint(errnoOf: "socket") }
        let result = Self.withAddress(name) { bind(descriptor, $0, $1) }
        guard result == 0 else {
            let complaint = Complaint(errnoOf: "notification socket \(name)")
            close(descriptor)
            throw complaint
        }
    }

    deinit { close(descriptor) }

    /// Takes one message that has arrived; true when it says that the server is ready.
    func receiveReady() -> Bool {
        var buffer = [UInt8](repeating: 0, count: Self.messageBytesMax)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { return false }
        return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").contains("READY=1")
    }

    /// Tells whoever started this process that it is ready; does nothing when no one asked.
    static func sendReady() {
        guard let name = Environment["NOTIFY_SOCKET"] else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let message = Array("READY=1\nMAINPID=\(getpid())\n".utf8)
        _ = withAddress(name) { sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, $1) }
    }

    private static func withAddress<R>(_ name: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        let room = MemoryLayout.size(ofValue: address.sun_path)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes.prefix(room)) }
        let length = MemoryLayout<sa_family_t>.size + min(bytes.count, room)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }
}
