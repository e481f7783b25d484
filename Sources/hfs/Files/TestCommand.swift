import ArgumentParser
import Client
import Core

/// `hfs test -e|-f|-d|-s|-z|-r|-w|-x PATH`
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Answer by the exit code, 0 for yes and 1 for no: exists, is a file, is empty..."
    )

    enum Question: String, EnumerableFlag {
        case exists, file, directory, size, zero, readable, writable, executable

        static func name(for value: Question) -> NameSpecification {
            switch value {
            case .exists: .customShort("e")
            case .file: .customShort("f")
            case .directory: .customShort("d")
            case .size: .customShort("s")
            case .zero: .customShort("z")
            case .readable: .customShort("r")
            case .writable: .customShort("w")
            case .executable: .customShort("x")
            }
        }

        static func help(for value: Question) -> ArgumentHelp? {
            switch value {
            case .exists: "It exists."
            case .file: "It is a file."
            case .directory: "It is a directory."
            case .size: "It is a file that is not empty, or a directory that is not."
            case .zero: "It is an empty file."
            case .readable: "The user may read it."
            case .writable: "The user may write it."
            case .executable: "The user may pass through it."
            }
        }
    }

    @OptionGroup var connection: ConnectionOptions
    @Flag(exclusivity: .exclusive) var question: Question
    @Argument(help: "A path.") var path: String

    func run() async throws {
        let (operand, question) = (path, question)
        try await Session.run("test", connection) { session in
            let path = try session.path(operand)
            guard let status = try await session.statusIfExists(path) else { throw ExitCode(1) }
            let isTrue: Bool
            switch question {
            case .exists: isTrue = true
            case .file: isTrue = !status.isDirectory
            case .directory: isTrue = status.isDirectory
            case .size: isTrue = status.isDirectory ? status.childrenCount != 0 : status.length > 0
            case .zero: isTrue = !status.isDirectory && status.length == 0
            case .readable: isTrue = try await Self.mayAccess(path, .read, session)
            case .writable: isTrue = try await Self.mayAccess(path, .write, session)
            case .executable: isTrue = try await Self.mayAccess(path, .execute, session)
            }
            if !isTrue { throw ExitCode(1) }
        }
    }

    private static func mayAccess(_ path: String, _ mode: AccessMode, _ session: Session) async throws -> Bool {
        do {
            try await session.fileSystem.checkAccess(path, mode)
            return true
        } catch let error where error.code == .accessDenied {
            return false
        }
    }
}
