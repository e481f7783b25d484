import Glibc
import Synchronization

/// SIGTERM to a worker: its trial is to end with its next report.
enum StopSignal {
    private static let raised = Atomic<Bool>(false)

    static var isRaised: Bool { raised.load(ordering: .acquiring) }

    /// From here on the signal no longer ends the process, and a reader of its output that goes away shows as an error.
    static func begin() {
        // Touched before any signal, so that the handler initialises nothing.
        _ = raised.load(ordering: .relaxed)
        var action = sigaction()
        action.sa_flags = SA_RESTART
        action.__sigaction_handler.sa_handler = { _ in StopSignal.raised.store(true, ordering: .releasing) }
        sigaction(SIGTERM, &action, nil)
        signal(SIGPIPE, SIG_IGN)
    }
}
