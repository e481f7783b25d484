/// The wait between two looks at something that sends no event: a growing file, blocks being copied.
enum Pause {
    /// HDFS tells no one that a file has grown or a block has a new replica, so `tail -f` and `setrep -w` ask again.
    static func beforeAskingAgain() async throws {
        try await Task.sleep(for: .milliseconds(500))
    }

    /// The wait until something is due by the clock: a token's renewal.
    static func seconds(_ count: Int64) async throws {
        try await Task.sleep(for: .seconds(count))
    }
}
