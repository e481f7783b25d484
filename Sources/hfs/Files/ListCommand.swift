import ArgumentParser
import Client
import Core

/// `hfs ls [PATH...]`
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ls", abstract: "List directories and files.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(name: .short, help: "Long: mode, copies, owner, group, size, time.") var long = false
    @Flag(name: [.customShort("R")], help: "Directories within directories, too.") var recursive = false
    @Flag(name: .short, help: "Sizes as 1.4G.") var human = false
    @Flag(name: .short, help: "Directories themselves, not what they hold.") var directory = false
    @Flag(help: "An array of objects.") var json = false
    @Argument(help: "Paths; your home directory when none is given.") var paths: [String] = []

    func run() async throws {
        let command = self
        try await Session.run("ls", connection) { session in
            let paths = try await session.expand(command.paths.isEmpty ? [session.home] : command.paths)
            var records: [FileRecord] = []
            var files: [RemoteTree.Entry] = []
            var directories: [RemoteTree.Entry] = []
            for path in paths {
                try await session.attempt(path) {
                    let status = try await session.fileSystem.status(of: path)
                    let entry = RemoteTree.Entry(path: path, relativePath: path, status: status)
                    if status.isDirectory, !command.directory { directories.append(entry) } else { files.append(entry) }
                }
            }
            try command.show(files, session, &records)
            var needsGap = !files.isEmpty
            while !directories.isEmpty {
                let directory = directories.removeFirst()
                var below: [RemoteTree.Entry] = []
                try await session.attempt(directory.path) {
                    var batch: [RemoteTree.Entry] = []
                    if !command.json, paths.count > 1 || command.recursive {
                        try session.console.line("\(needsGap ? "\n" : "")\(session.console.name(directory.path)):")
                        needsGap = true
                    }
                    for try await status in session.fileSystem.list(directory.path) {
                        let path = RemotePath.join(directory.path, status.nameText)
                        let entry = RemoteTree.Entry(path: path, relativePath: status.nameText, status: status)
                        if command.recursive, status.isDirectory { below.append(entry) }
                        batch.append(entry)
                        // Page by page, so that a huge directory needs no memory; columns line up within a page.
                        if batch.count == Limits.listingPageMax {
                            try command.show(batch, session, &records)
                            batch = []
                        }
                    }
                    try command.show(batch, session, &records)
                }
                directories.insert(contentsOf: below, at: 0)
            }
            if command.json { try session.console.line(JSONOutput.text(records)) }
        }
    }

    private func show(_ entries: [RemoteTree.Entry], _ session: Session, _ records: inout [FileRecord]) throws {
        if json {
            records += entries.map { FileRecord($0.path, $0.status) }
            return
        }
        guard long else {
            for entry in entries { try session.console.line(session.console.name(entry.relativePath)) }
            return
        }
        let rows = entries.map { entry -> [String] in
            let status = entry.status
            return [
                status.modeText, status.isDirectory ? "-" : String(status.replication), status.owner, status.group,
                Format.size(status.length, human: human), Format.time(status.modifiedMs),
                session.console.name(entry.relativePath),
            ]
        }
        for line in TextTable.lines(rows, alignedRight: [1, 4]) { try session.console.line(line) }
    }
}
