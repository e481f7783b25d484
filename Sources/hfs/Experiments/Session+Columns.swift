import Client
import Core

extension Session {
    private static let headBytesMax = 1 << 20

    /// The columns of a CSV file, or of the first one of a dataset's directory, by the file's first line.
    func columns(of path: String) async throws -> [String] {
        var file = path
        if try await fileSystem.status(of: path).isDirectory {
            var names: [String] = []
            for try await entry in fileSystem.list(path) where !entry.isDirectory {
                names.append(String(decoding: entry.name, as: UTF8.self))
            }
            guard let first = names.filter({ $0.hasSuffix(".csv") }).min() else {
                throw Complaint(path, "There is no CSV file in it")
            }
            file = "\(path)/\(first)"
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
}
