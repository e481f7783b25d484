import Client
import Core

/// What is written to a path, whichever file lies there: `tail -f`. A file that was replaced or became shorter is read from
/// its start; one that is gone is waited for.
struct TailFollower {
    let session: Session
    let path: String
    let output: LocalFile
    /// Looks by its path, so that it finds the file of the day.
    let reader: FileReader
    var inode: InodeID
    /// Up to here the file has been shown.
    var position: UInt64
    private var isMissing = false

    init(
        _ path: String, inode: InodeID, reader: FileReader, position: UInt64, to output: LocalFile, _ session: Session
    ) {
        self.session = session
        self.path = path
        self.output = output
        self.reader = reader
        self.inode = inode
        self.position = position
    }

    /// Goes on until it is cancelled.
    mutating func follow() async throws {
        while true {
            try await Pause.beforeAskingAgain()
            guard try await isAsKnown() else { continue }
            if reader.length < position {
                say("File truncated")
                position = 0
            }
            try await copy()
        }
    }

    /// Shows what lies behind `position`.
    mutating func copy() async throws {
        for try await chunk in reader.chunks(from: position) {
            try await output.write(chunk)
            position += UInt64(chunk.count)
        }
    }

    /// Asks anew. False when another file was found, or none: what the reader knows may then be of either.
    private mutating func isAsKnown() async throws -> Bool {
        guard let found = try await look() else {
            isMissing = true
            return false
        }
        let wasMissing = isMissing
        isMissing = false
        if found == inode {
            if wasMissing { say("Has become accessible") }
            return true
        }
        say(wasMissing ? "Has appeared; following the new file" : "Has been replaced; following the new file")
        inode = found
        position = 0
        return false
    }

    /// The file at the path; nil, said once, when there is none.
    private func look() async throws -> InodeID? {
        do throws(HFSError) {
            try await reader.refresh()
            return try await session.fileSystem.status(of: path).inode
        } catch {
            guard error.code == .fileNotFound else { throw error }
            if !isMissing { say("Has become inaccessible: \(Complaint.reason(error))") }
            return nil
        }
    }

    private func say(_ what: String) { session.console.complain(Complaint(path, what)) }
}
