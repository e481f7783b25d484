import ArgumentParser
import Client
import Core

/// `hfs setrep [-w] COPIES PATH...`
struct SetReplicationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setrep", abstract: "Set how many copies are kept of files and of all files below directories.",
        discussion: "With -w nothing is done when there are fewer datanodes than copies asked for.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(name: .short, help: "Wait until there are that many.") var wait = false
    @Argument(help: "Copies.") var copies: Int
    @Argument(help: "Paths.") var paths: [String]

    func validate() throws {
        guard 1...Limits.replicationMax ~= copies else {
            throw ValidationError("copies: 1 to \(Limits.replicationMax)")
        }
    }

    func run() async throws {
        let (paths, copies, wait) = (paths, copies, wait)
        try await Session.run("setrep", connection) { session in
            if wait { try await Self.checkDatanodes(copies, session.fileSystem) }
            try await session.forEachEntry(paths, recursive: true) { entry in
                guard !entry.status.isDirectory else { return }
                guard try await session.fileSystem.setReplication(entry.path, copies) else {
                    throw Complaint(entry.path, "No such file or directory")
                }
                try session.console.line("\(entry.path): \(copies)")
                while wait {
                    let blocks = try await session.fileSystem.blockLocations(of: entry.path).blocks
                    if blocks.allSatisfy({ $0.locations.count == copies }) { break }
                    try await Pause.beforeAskingAgain()
                    try await Self.checkDatanodes(copies, session.fileSystem)
                }
            }
        }
    }

    /// Throws when there can be no `copies`, for want of datanodes. HDFS tells superusers only how many there are.
    private static func checkDatanodes(_ copies: Int, _ fileSystem: HFSFileSystem) async throws {
        let live: Int
        do throws(HFSError) {
            live = try await fileSystem.datanodes(.live).count { $0.state == .normal }
        } catch {
            if error.code == .accessDenied { return }
            throw error
        }
        guard live < copies else { return }
        throw Complaint(
            "\(copies) copies",
            "There are only \(live) live datanodes (without -w the rest is made when there are more)")
    }
}
