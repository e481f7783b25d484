import Client
import Core
import Logging
import NIOPosix
import Transport

/// Keeps the service's address with the namenode, which forgets it with the connection.
struct Registration {
    /// Also how long the service is not found behind a restart of the namenode.
    private static let intervalMs: Int64 = 1_000

    private let fileSystem: HFSFileSystem
    private let address: String
    private let logger: Logger

    init(_ fileSystem: HFSFileSystem, address: String, logger: Logger) {
        self.fileSystem = fileSystem
        self.address = address
        self.logger = logger
    }

    /// Registers now and again until the task is cancelled. `onRegistered` is told the first time.
    func keep(onRegistered: () -> Void) async {
        var isKnown = false
        while !Task.isCancelled {
            do throws(HFSError) {
                try await fileSystem.registerService(ProvenanceClient.serviceName, at: address)
                if !isKnown { onRegistered() }
                isKnown = true
            } catch {
                logger.warning("provenance-unregistered", metadata: ["error": "\(error)"])
            }
            do throws(HFSError) {
                try await EventLoopDelay.wait(ms: Self.intervalMs, on: MultiThreadedEventLoopGroup.singleton.next())
            } catch {
                return
            }
        }
    }
}
