import Core
import Synchronization
import Transport

/// How many queries may go on at once that take more than one read: each holds what it has found and has yet to look at, up to
/// some ten MB. Thread-safe.
final class QueryPlaces: Sendable {
    /// The right to go on; given back when it is let go of.
    final class Place: Sendable {
        private let places: QueryPlaces
        private let connection: RPCConnectionID

        fileprivate init(_ places: QueryPlaces, _ connection: RPCConnectionID) {
            self.places = places
            self.connection = connection
        }

        deinit { places.leave(connection) }
    }

    private let perConnectionMax: Int
    private let totalMax: Int
    private let taken = Mutex<[RPCConnectionID: Int]>([:])

    init(totalMax: Int = Limits.longQueriesMax, perConnectionMax: Int = Limits.longQueriesPerConnectionMax) {
        self.totalMax = totalMax
        self.perConnectionMax = perConnectionMax
    }

    /// Errors: `.retriable` when the connection, or all together, have as many as they may.
    func enter(_ connection: RPCConnectionID) throws(HFSError) -> Place {
        let (own, all) = taken.withLock { taken in
            let (own, all) = (taken[connection] ?? 0, taken.values.reduce(0, +))
            if own < perConnectionMax, all < totalMax { taken[connection] = own + 1 }
            return (own, all)
        }
        guard own < perConnectionMax else {
            throw HFSError(.retriable, "\(own) long queries of this connection are in progress, as many as it may have")
        }
        guard all < totalMax else {
            throw HFSError(.retriable, "\(all) long queries are in progress, as many as there may be")
        }
        return Place(self, connection)
    }

    private func leave(_ connection: RPCConnectionID) {
        taken.withLock { taken in
            let left = (taken[connection] ?? 0) - 1
            taken[connection] = left > 0 ? left : nil
        }
    }
}
