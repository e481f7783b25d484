import Core
import Synchronization
import Transport

/// Services that registered with this namenode, by name, each for as long as its connection lasts. The newest one counts.
final class ServiceDirectory: Sendable {
    private struct Entry {
        var name: String
        var address: String
        var connection: RPCConnectionID
    }

    private let entries = Mutex<[Entry]>([])

    func register(_ name: String, at address: String, connection: RPCConnectionID) {
        entries.withLock { entries in
            entries.removeAll { $0.name == name }
            entries.append(Entry(name: name, address: address, connection: connection))
        }
    }

    func address(of name: String) -> String? {
        entries.withLock { entries in entries.first { $0.name == name }?.address }
    }

    func connectionClosed(_ connection: RPCConnectionID) {
        entries.withLock { entries in entries.removeAll { $0.connection == connection } }
    }
}
