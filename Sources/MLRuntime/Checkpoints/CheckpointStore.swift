import Client
import Core

/// What attempts left to go on from.
enum CheckpointStore {
    /// Below the attempt's directory.
    static let folderName = "checkpoints"

    /// What an attempt goes on from.
    struct Offer: Sendable {
        /// Names in the local directory.
        var names: Set<String> = []
        /// The newest one that was published while its program ran.
        var newest: (name: String, note: CheckpointNote)?
        /// What was reported up to it.
        var reports: [MetricLog.Report] = []

        /// What the program finds of it in its environment.
        func variables(_ folder: String) -> [String: String] {
            guard let newest else { return [:] }
            var variables = ["HFS_CHECKPOINT": "\(folder)/\(newest.name)"]
            if let step = newest.note.step { variables["HFS_CHECKPOINT_STEP"] = "\(step)" }
            return variables
        }
    }

    /// Fetches the newest complete checkpoint of an attempt into a local directory, with whatever its program left there when it
    /// ended well. Nothing where there is none.
    static func fetch(
        _ attempt: String, to folder: String, withReports: Bool, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> Offer {
        var offer = Offer()
        let source = "\(attempt)/\(folderName)"
        guard try await fileSystem.exists(source) else { return offer }
        var names: [String] = []
        for try await entry in fileSystem.list(source) { names.append(String(decoding: entry.name, as: UTF8.self)) }
        for name in names {
            guard let text = try await fileSystem.textAttribute(TrialAttribute.checkpoint, of: "\(source)/\(name)")
            else {
                offer.names.insert(name)
                continue
            }
            let note = try CanonicalJSON.value(CheckpointNote.self, from: Array(text.utf8))
            if offer.newest.map({ $0.note.sequence < note.sequence }) ?? true { offer.newest = (name, note) }
        }
        if let newest = offer.newest { offer.names.insert(newest.name) }
        for name in offer.names.sorted() {
            try await FileCopy.downloadAny("\(source)/\(name)", to: "\(folder)/\(name)", on: fileSystem)
        }
        if withReports, let newest = offer.newest {
            offer.reports = newest.note.covered(try await reports(attempt, on: fileSystem))
        }
        return offer
    }

    /// What the attempt reported, as far as it came.
    private static func reports(
        _ attempt: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> [MetricLog.Report] {
        do throws(HFSError) {
            let bytes = try await fileSystem.contents(of: "\(attempt)/\(MetricLog.fileName)")
            guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
            return MetricLog.reports(in: bytes[...end])
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return []
        }
    }
}
