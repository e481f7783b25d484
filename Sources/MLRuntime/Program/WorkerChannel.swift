import Core
import Glibc
import Synchronization

/// A worker's standard output, by which it reports, and SIGTERM, by which it is told to stop.
struct WorkerChannel: TrialChannel {
    /// Held while a line is written: lines of several tasks do not mix.
    private static let turn = Mutex(())

    var isStopped: Bool { StopSignal.isRaised }

    func say(_ line: String) throws(HFSError) {
        do throws(HFSError) {
            // A line of the program's own may wait without its end.
            fflush(nil)
            try Self.turn.withLock { _ throws(HFSError) in
                try SmallFile.write(Array("\(line)\n".utf8), to: STDOUT_FILENO, of: "standard output")
            }
        } catch {
            throw HFSError(.connectionLost, "The agent of this trial is gone", cause: error.cause)
        }
    }
}
