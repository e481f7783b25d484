import Core

/// The services of a server by protocol, and their methods by name.
struct RPCMethodTable: Sendable {
    /// A class, so that a call passes it on with one counted reference.
    final class Entry: Sendable {
        let service: any RPCService
        let protocolName: String
        let protocolVersion: UInt64
        /// The service's own strings and their places; empty: every method is passed on.
        let methods: [String: Int]
        /// Calls by method; one for all when the service lists none.
        private let counters: [MetricCounter]

        fileprivate init(_ service: any RPCService, counters: [MetricCounter]) {
            self.service = service
            protocolName = service.protocolName
            protocolVersion = service.protocolVersion
            methods = Dictionary(service.methodNames.enumerated().map { ($1, $0) }) { first, _ in first }
            self.counters = counters
        }

        /// Counts one call.
        func count(_ methodIndex: Int) { counters[max(methodIndex, 0)].add() }
    }

    enum Resolution {
        case method(entry: Int, index: Int)
        case unknownProtocol
        case otherVersion(served: UInt64)
        case unknownMethod
    }

    let entries: [Entry]

    init(_ services: [any RPCService], metrics: MetricsRegistry) {
        entries = services.map { service in
            let names = service.methodNames
            let protocolLabel = service.protocolName.split(separator: ".").last.map(String.init) ?? service.protocolName
            let counters = (names.isEmpty ? ["all"] : names).map { name in
                metrics.counter(
                    "hfs_rpc_calls_total", help: "Calls received",
                    labels: [("protocol", protocolLabel), ("method", name)])
            }
            return Entry(service, counters: counters)
        }
    }

    func resolve(protocolName: String, version: UInt64, method: String) -> Resolution {
        guard let place = entries.firstIndex(where: { $0.protocolName == protocolName }) else {
            return .unknownProtocol
        }
        let entry = entries[place]
        guard entry.protocolVersion == version else { return .otherVersion(served: entry.protocolVersion) }
        guard !entry.methods.isEmpty else { return .method(entry: place, index: -1) }
        guard let index = entry.methods[method] else { return .unknownMethod }
        return .method(entry: place, index: index)
    }
}
