import Core
import Glibc

/// What makes this process a worker: `HFS_WORKER`, the trial of the call whose closure it is to run.
///
///     HFS_WORKER=run-17/2/5      trial 5 of the second experiment call of run-17
struct WorkerIdentity: Hashable, Sendable {
    static let variable = "HFS_WORKER"

    let run: RunID
    let ordinal: Int
    let trial: Int

    init(run: RunID, ordinal: Int, trial: Int) {
        self.run = run
        self.ordinal = ordinal
        self.trial = trial
    }

    /// Reads what `description` writes; `.invalidArgument` for anything else.
    init(_ text: String) throws(HFSError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let run = RunID(parts[0]), let ordinal = Int(parts[1]), let trial = Int(parts[2]),
            ordinal >= 1, trial >= 0
        else {
            throw HFSError(.invalidArgument, "\(Self.variable)='\(text)' is no worker: run-17/2/5")
        }
        self.init(run: run, ordinal: ordinal, trial: trial)
    }

    /// This process's, as it was started; nil where it is none.
    static let current: Result<WorkerIdentity, HFSError>? = {
        guard let text = Environment[variable] else { return nil }
        do throws(HFSError) {
            return .success(try WorkerIdentity(text))
        } catch {
            return .failure(error)
        }
    }()
}

extension WorkerIdentity: CustomStringConvertible {
    var description: String { "\(run)/\(ordinal)/\(trial)" }
}
