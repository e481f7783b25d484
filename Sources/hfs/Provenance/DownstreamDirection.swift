import Lineage

enum DownstreamDirection: ClosureDirection {
    static let name = "downstream"
    static let abstract = "What was made from a file or artifact, step by step."
    static func query(_ path: String, _ depth: Int?) -> LineageQuery { .downstream(path: path, depth: depth) }
}
