import Client
import Core

extension Session {
    private static let headBytesMax = 1 << 20

    /// The columns of a CSV file, or of the first one of a dataset's directory, by the file's first line.
    func columns(of path: String) async throws -> [String] {
        var file = path
        if try await fileSystem.status(of: path).isDirectory {
            file = try await table(in: path)
        }
        let reader = try await fileSystem.open(file)
        let head = try await reader.read(at: 0, count: min(Self.headBytesMax, Int(clamping: reader.length)))
        await reader.close()
        let line = String(decoding: head.prefix { $0 != 10 }, as: UTF8.self)
        let columns = line.split(separator: ",").map { column in
            column.trimmingPrefix { " \"".contains($0) }.reversed().drop { " \"\r".contains($0) }.reversed()
        }
        guard columns.count > 1 else { throw Complaint(file, "Its first line names no columns") }
        return columns.map { String($0) }
    }

    /// The first CSV file of a dataset's directory, or of its newest version's.
    private func table(in directory: String) async throws -> String {
        var names: [String] = []
        var versions: [UInt64] = []
        for try await entry in fileSystem.list(directory) {
            let name = String(decoding: entry.name, as: UTF8.self)
            if entry.isDirectory {
                if let version = UInt64(name) { versions.append(version) }
            } else if name.hasSuffix(".csv") {
                names.append(name)
            }
        }
        if let first = names.min() { return "\(directory)/\(first)" }
        guard let newest = versions.max() else { throw Complaint(directory, "There is no CSV file in it") }
        return try await table(in: "\(directory)/\(newest)")
    }
}
