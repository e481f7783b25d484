/// The bounds of one file's pipelines.
struct PipelinePolicy: Hashable, Sendable {
    /// Copies wanted.
    var replication: Int
    /// Blocks asked for until one can be opened.
    var allocationsMax: Int
    /// Recoveries without progress.
    var recoveriesMax: Int
    /// Goes on with fewer nodes when none can be added.
    var replacesBestEffort: Bool
    /// Blocks up to this many bytes are kept until they are finished, so that they can be sent without a pause before the
    /// end and be written anew. Bytes.
    var retainedBytesMax: UInt64 = 1 << 20

    /// HDFS's policy DEFAULT (`ReplaceDatanodeOnFailure`): from three copies on, when half are gone, or when readers may
    /// already have seen bytes.
    func replaces(remaining: Int, isFlushed: Bool) -> Bool {
        replication >= 3 && remaining > 0 && remaining < replication && (remaining <= replication / 2 || isFlushed)
    }
}
