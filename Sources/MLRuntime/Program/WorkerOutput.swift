import Core
import Glibc
import Synchronization

/// A worker's standard output, by which it reports.
enum WorkerOutput {
    /// Held while a line is written: lines of several tasks do not mix.
    private static let turn = Mutex(())

    /// Writes a line. `.connectionLost` when nobody reads any more.
    static func line(_ text: String) throws(HFSError) {
        do throws(HFSError) {
            // A line of the program's own may wait without its end.
            fflush(nil)
            try turn.withLock { _ throws(HFSError) in
                try SmallFile.write(Array("\(text)\n".utf8), to: STDOUT_FILENO, of: "standard output")
            }
        } catch {
            throw HFSError(.connectionLost, "The agent of this trial is gone", cause: error.cause)
        }
    }
}
