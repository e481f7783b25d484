import Core

/// All event files below a program's log directory, read as they grow. A scalar's name is its tag, behind the directory in which its
/// file lies: `accuracy`, `validation/accuracy`.
struct EventFolder: Sendable {
    /// As many files are followed.
    private static let filesMax = 256

    private let folder: String
    private var tails: [String: EventFileTail] = [:]

    init(_ folder: String) { self.folder = folder }

    /// What was written since the last look, file after file in the order of their names.
    mutating func read() async throws(HFSError) -> [ScalarEvent] {
        let (folder, before) = (folder, tails)
        let (events, after) = try await BlockingWork.run(name: "hfs-trial") {
            () throws(HFSError) -> ([ScalarEvent], [String: EventFileTail]) in
            Self.read(folder, before)
        }
        tails = after
        return events
    }

    private static func read(
        _ folder: String, _ before: [String: EventFileTail]
    ) -> ([ScalarEvent], [String: EventFileTail]) {
        var tails = before
        var events: [ScalarEvent] = []
        for file in TrialFolder.files(in: folder) {
            let parts = file.split(separator: "/")
            guard let name = parts.last, name.contains("tfevents"), tails[file] != nil || tails.count < filesMax else {
                continue
            }
            var tail = tails[file] ?? EventFileTail("\(folder)/\(file)")
            let directory = parts.dropLast().map { "\($0)/" }.joined()
            for var event in tail.read() {
                event.tag = directory + event.tag
                events.append(event)
            }
            tails[file] = tail
        }
        return (events, tails)
    }
}
