import Core
import Glibc
import Synchronization
import Transport

/// This process's own program, for hosts that have none: `/hfs?part=0`, `/hfs?part=1`, ... up to an empty part, and `/hfs.sha256` for
/// the whole. In parts, so that no page takes long or much memory.
final class ProgramPages: Sendable {
    private static let partBytes = 4 << 20
    /// What runs, whatever lies at its path by now.
    private static let program = "/proc/self/exe"

    private let digest = Mutex<String?>(nil)

    func add(to admin: AdminHTTPServer) {
        admin.route("/hfs") { Self.part($0.query) }
        admin.route("/hfs.sha256") { [self] _ in sum() }
    }

    private static func part(_ query: String) -> AdminResponse {
        let number = query.hasPrefix("part=") ? UInt32(query.dropFirst("part=".count)) : nil
        guard let number else { return .refused("Which part? /hfs?part=0\n") }
        let descriptor = open(program, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failed("The program cannot be read\n") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: partBytes)
        var done = 0
        while done < partBytes {
            let count = bytes.withUnsafeMutableBytes {
                pread(
                    descriptor, $0.baseAddress.map { $0 + done }, partBytes - done,
                    off_t(number) * off_t(partBytes) + off_t(done))
            }
            guard count >= 0 else { return .failed("The program cannot be read\n") }
            if count == 0 { break }
            done += count
        }
        return AdminResponse(contentType: "application/octet-stream", body: Array(bytes.prefix(done)))
    }

    /// Made once: some tenths of a second of this server's thread.
    private func sum() -> AdminResponse {
        if let known = digest.withLock({ $0 }) { return .text(known) }
        do throws(HFSError) {
            let made = "\(try FileDigest.sha256(Self.program))\n"
            digest.withLock { $0 = made }
            return .text(made)
        } catch {
            return .failed("\(error)\n")
        }
    }
}
