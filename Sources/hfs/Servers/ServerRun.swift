import ArgumentParser
import Logging
import ServiceLifecycle
import UnixSignals

/// Runs a server until SIGTERM or SIGINT, then lets it drain.
enum ServerRun {
    /// - Parameter ready: returns when the server can be used; whoever started the process is told then.
    /// - Throws: exit code 1 when the server could not start or failed, which its log says.
    static func run(_ server: any Service, logger: Logger, ready: @escaping @Sendable () async throws -> Void)
        async throws
    {
        let announcement = Task {
            try await ready()
            NotifySocket.sendReady()
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: server, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        var failure: (any Error)?
        do { try await group.run() } catch { failure = error }
        announcement.cancel()
        // What it was told, or that the server ended before it was ready: either way there is nothing more to do.
        _ = await announcement.result
        if let failure {
            logger.critical("server-failed", metadata: ["error": "\(failure)"])
            throw ExitCode(1)
        }
    }
}
