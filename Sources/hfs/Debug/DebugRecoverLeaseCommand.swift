import ArgumentParser
import Client
import Core

/// `hfs debug recover-lease PATH`
struct DebugRecoverLeaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover-lease",
        abstract: "Close a file whose writer is gone, or say what keeps it open.",
        discussion: """
            With --drop-last-block a superuser closes a file whose last block only datanodes that are away could have, \
            without that block: what was flushed to them is given up. The blocks before it stay.
            """)

    @OptionGroup var connection: ConnectionOptions
    @Option(help: ArgumentHelp("How often to ask, half a second apart.", valueName: "n")) var tries = 40
    @Flag(help: "Close the file without its last block when no connected datanode has it.") var dropLastBlock = false
    @Argument(help: "The file.") var path: String

    func validate() throws {
        guard tries >= 1 else { throw ValidationError("tries: at least 1") }
    }

    func run() async throws {
        let (operand, tries, drops) = (path, tries, dropLastBlock)
        try await Session.run("debug recover-lease", connection) { session in
            let path = try session.path(operand)
            try await session.attempt(path) {
                var answer = try await session.fileSystem.recoverLease(path, droppingLastBlock: false)
                for _ in 1..<tries where !answer.isClosed {
                    if drops, try await Self.drop(path, session.fileSystem) {
                        return try session.console.line("\(path): closed")
                    }
                    try await Pause.beforeAskingAgain()
                    answer = try await session.fileSystem.recoverLease(path, droppingLastBlock: false)
                }
                guard answer.isClosed else { throw Complaint(path, "is still open: \(answer.waitsFor)") }
                try session.console.line("\(path): closed")
            }
        }
    }

    /// False while datanodes may yet bring the block.
    private static func drop(_ path: String, _ fileSystem: HFSFileSystem) async throws(HFSError) -> Bool {
        do throws(HFSError) {
            return try await fileSystem.recoverLease(path, droppingLastBlock: true).isClosed
        } catch  where error.code == .recoveryInProgress {
            return false
        }
    }
}
