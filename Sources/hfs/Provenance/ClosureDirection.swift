import Lineage

/// Which way a question goes through the graph.
protocol ClosureDirection: SendableMetatype {
    static var name: String { get }
    static var abstract: String { get }
    static func query(_ path: String, _ depth: Int?) -> LineageQuery
}
