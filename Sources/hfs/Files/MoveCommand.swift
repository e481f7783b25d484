import ArgumentParser
import Client
import Core

/// `hfs mv SRC... DST`
struct MoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mv", abstract: "Rename files and directories, or move them.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(name: .short, help: "Replace a file that exists.") var force = false
    @Argument(help: ArgumentHelp("What to move, then the target.", valueName: "path")) var paths: [String]

    func validate() throws {
        if paths.count < 2 { throw ValidationError("mv takes one or more paths and a target") }
    }

    func run() async throws {
        let (operands, operand, force) = (Array(paths.dropLast()), paths[paths.count - 1], force)
        try await Session.run("mv", connection) { session in
            let target = try session.path(operand)
            let isInto = try await session.statusIfExists(target)?.isDirectory == true
            let sources = try await session.expand(operands)
            if !isInto, sources.count > 1 { throw Complaint(operand, "Not a directory") }
            for source in sources {
                try await session.attempt(source) {
                    let final = isInto ? RemotePath.join(target, RemotePath.name(source)) : target
                    guard try await session.statusIfExists(source) != nil else {
                        throw Complaint(source, "No such file or directory")
                    }
                    if final == source || final.hasPrefix(source + "/") {
                        throw Complaint(source, "Cannot be moved to \(final), itself or below itself")
                    }
                    do throws(HFSError) {
                        try await session.fileSystem.rename(source, to: final, overwriting: force)
                    } catch {
                        // The source is there: but for permissions the error is about the target.
                        throw Complaint(error, about: error.code == .accessDenied ? "\(source) to \(final)" : final)
                    }
                }
            }
        }
    }
}
