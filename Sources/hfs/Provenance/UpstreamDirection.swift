import Lineage

enum UpstreamDirection: ClosureDirection {
    static let name = "upstream"
    static let abstract = "What a file or artifact was made from, step by step."
    static func query(_ path: String, _ depth: Int?) -> LineageQuery { .upstream(path: path, depth: depth) }
}
