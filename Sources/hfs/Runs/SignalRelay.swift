import Glibc
import Synchronization

/// Sends on to a child what others send to this process. What a terminal sends reaches the child by itself: it belongs to the
/// same foreground group.
enum SignalRelay {
    private static let child = Atomic<Int32>(0)
    /// Came before there was a child.
    private static let early = Atomic<Int32>(0)
    private static let signals = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2]

    /// `si_code` of what the kernel itself sends, a terminal's Ctrl-C for one; Glibc's module does not show it.
    private static let fromKernel: Int32 = 0x80

    /// From here on these signals do not end this process.
    static func begin() {
        var action = sigaction()
        action.sa_flags = SA_SIGINFO | SA_RESTART
        // Touched before any signal, so that the handler initialises nothing.
        _ = (child.load(ordering: .relaxed), early.load(ordering: .relaxed), fromKernel)
        action.__sigaction_handler.sa_sigaction = { signal, info, _ in
            guard let info, info.pointee.si_code != SignalRelay.fromKernel else { return }
            let child = SignalRelay.child.load(ordering: .sequentiallyConsistent)
            if child > 0 {
                kill(child, signal)
            } else {
                SignalRelay.early.store(signal, ordering: .sequentiallyConsistent)
            }
        }
        for signal in signals { sigaction(signal, &action, nil) }
    }

    static func send(to pid: pid_t) {
        child.store(pid, ordering: .sequentiallyConsistent)
        let waiting = early.exchange(0, ordering: .sequentiallyConsistent)
        if waiting != 0 { kill(pid, waiting) }
    }

    /// The child is gone: its number may be another's soon.
    static func end() { child.store(0, ordering: .sequentiallyConsistent) }
}
