import Core
import Glibc

/// What makes two processes runs of one program: the binary's bytes and the arguments.
enum ProgramKey {
    private static let chunkBytes = 1 << 20

    /// The path of this process's binary.
    static let binary: String = {
        var buffer = [CChar](repeating: 0, count: Limits.pathBytesMax)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { return CommandLine.arguments.first ?? "program" }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    /// The last part of its path.
    static var name: String { binary.split(separator: "/").last.map(String.init) ?? "program" }

    /// `NAME-` and eight digits.
    static func current() async throws(HFSError) -> String {
        let arguments = CommandLine.arguments.dropFirst().flatMap { argument -> [UInt8] in Array(argument.utf8) + [0] }
        let file = binary
        let sum = try await BlockingWork.run(name: "hfs-program") { () throws(HFSError) in
            try checksum(of: file, continuing: CRC32C.checksum(arguments))
        }
        return "\(name)-\(Fingerprint.text(sum))"
    }

    private static func checksum(of file: String, continuing start: UInt32) throws(HFSError) -> UInt32 {
        let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TrialFolder.error("read \(file)") }
        defer { close(descriptor) }
        var sum = start
        var buffer = [UInt8](repeating: 0, count: chunkBytes)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw TrialFolder.error("read \(file)") }
            if count == 0 { return sum }
            sum = buffer.withUnsafeBytes {
                CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[..<count]), continuing: sum)
            }
        }
    }
}
