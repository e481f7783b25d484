import Core

/// The commit that a program is of, and by what its tracked files differ from it.
enum GitProbe {
    /// A longer difference is not kept.
    static let diffBytesMax = 4 << 20

    static func record(
        in directory: String, environment: [String: String]
    ) async -> (git: EnvironmentRecord.Git, diff: [UInt8]?, isTooLong: Bool)? {
        // Looking takes no lock of a repository in which somebody works.
        let environment = environment.merging(["GIT_OPTIONAL_LOCKS": "0"]) { $1 }
        @Sendable func git(_ arguments: String...) async -> String? {
            await ToolRun.line(["git"] + arguments, in: directory, environment: environment)
        }
        guard let commit = await git("rev-parse", "HEAD"), commit.utf8.count >= 40 else { return nil }
        async let branch = git("symbolic-ref", "--short", "-q", "HEAD")
        async let remote = git("remote", "get-url", "origin")
        let diff = await ToolRun.output(
            ["git", "diff", "--no-ext-diff", "--binary", "HEAD"], in: directory, environment: environment,
            bytesMax: diffBytesMax)
        let record = EnvironmentRecord.Git(
            commit: commit, branch: await branch, remote: await remote.map(withoutCredentials),
            isDirty: diff.map { !$0.isEmpty } ?? true)
        return (record, diff, diff == nil)
    }

    /// `https://user:token@host/x` without what stands before the host.
    static func withoutCredentials(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let host = rest.prefix { $0 != "/" }
        guard let at = host.lastIndex(of: "@") else { return url }
        return String(url[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }
}
