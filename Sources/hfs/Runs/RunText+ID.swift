import Core
import MLRuntime

extension RunText {
    /// `run-123`, or the number alone.
    static func id(_ text: String) throws(Complaint) -> RunID {
        if let id = RunID(text) { return id }
        if let number = UInt64(text) { return RunID(number) }
        throw Complaint(text, "Not a run (run-123)")
    }
}
