/// Where the parts of a job lie.
public struct JobPaths: Hashable, Sendable {
    /// `/Projects/P/Jobs/NAME-N`.
    public let root: String

    public init(_ root: String) { self.root = root }

    /// Where a project's jobs are.
    public static func jobs(of project: String) -> String { "/Projects/\(project)/Jobs" }

    /// The last part of the path: what commands call it.
    public var id: String { root.split(separator: "/").last.map(String.init) ?? root }
    var settings: String { "\(root)/job.json" }
    /// What travels with the job.
    var program: String { "\(root)/program" }
    /// Variables that only the job's user can read.
    var secrets: String { "\(root)/secrets.env" }
    func attempt(_ attempt: Int) -> String { "\(root)/attempts/\(attempt)" }
    /// The attempt that counts, by one rename.
    public var result: String { "\(root)/result" }

    /// Where one worker of an attempt writes, and where that lies once the attempt is the job's result: only the last one can be.
    public func places(attempt: Int, isLast: Bool, rank: Int) -> [String] {
        [Self.rank(rank, in: self.attempt(attempt))] + (isLast ? [Self.rank(rank, in: result)] : [])
    }

    static func rank(_ rank: Int, in attempt: String) -> String { "\(attempt)/rank-\(rank)" }

    /// The job whose directory `path` is.
    static func job(at path: String) -> JobPaths? {
        let parts = path.split(separator: "/")
        guard parts.count == 4, parts[0] == "Projects", parts[2] == "Jobs", !parts[3].hasPrefix(".") else { return nil }
        return JobPaths(path)
    }
}
