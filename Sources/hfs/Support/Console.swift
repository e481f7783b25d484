import Glibc
import Synchronization

/// Standard output and standard error of a command. Thread-safe; writes block the caller, so text only: data goes through
/// `LocalFile`.
final class Console: Sendable {
    /// Thrown when whoever reads our output has gone: the command ends, silently.
    struct OutputClosed: Error {}

    private struct State {
        var output: [UInt8] = []
        var hasStatus = false
    }

    private static let outputBufferBytes = 64 << 10

    /// The command's name in complaints: `ls`.
    let command: String
    let isErrorTerminal = isatty(STDERR_FILENO) == 1
    let isOutputTerminal = isatty(STDOUT_FILENO) == 1
    private let state = Mutex(State())

    init(command: String) { self.command = command }

    /// Writes a line of output, buffered until `flush`.
    func line(_ text: String) throws {
        let full = state.withLock { state -> [UInt8]? in
            state.output.append(contentsOf: text.utf8)
            state.output.append(10)
            guard state.output.count >= Self.outputBufferBytes else { return nil }
            defer { state.output = [] }
            return state.output
        }
        if let full { try Self.write(full, to: STDOUT_FILENO) }
    }

    /// A name as it is for a program that reads the output, quoted where it needs it for a person.
    func name(_ text: String) -> String { isOutputTerminal ? ShellQuote.text(text) : text }

    func flush() throws {
        let rest = state.withLock { state in
            defer { state.output = [] }
            return state.output
        }
        try Self.write(rest, to: STDOUT_FILENO)
    }

    /// `hfs: ls: /x: No such file or directory` on standard error.
    func complain(_ complaint: Complaint) {
        clearStatus()
        Self.standardError("hfs: \(command): \(complaint)\n")
    }

    /// Replaces the status line of the terminal.
    func status(_ text: String) {
        state.withLock { $0.hasStatus = true }
        Self.standardError("\r\u{1B}[K\(text)")
    }

    func clearStatus() {
        let had = state.withLock { state in
            defer { state.hasStatus = false }
            return state.hasStatus
        }
        if had { Self.standardError("\r\u{1B}[K") }
    }

    /// Writes to standard error as it is; what cannot be written is lost, there is no one to tell.
    static func standardError(_ text: String) {
        try? write(Array(text.utf8), to: STDERR_FILENO)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                Glibc.write(descriptor, raw.baseAddress.map { $0 + done }, raw.count - done)
            }
            if count > 0 {
                done += count
            } else if errno == EPIPE {
                throw OutputClosed()
            } else if errno != EINTR {
                throw Complaint(errnoOf: "standard output")
            }
        }
    }
}
