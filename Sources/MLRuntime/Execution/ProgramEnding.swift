/// How a program ended.
public enum ProgramEnding: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)

    /// Why that is a failure; nil for exit code 0.
    var failure: String? {
        switch self {
        case .exited(0): nil
        case .exited(let code): "the program ended with exit code \(code)"
        case .signalled(let signal): "the program was ended by signal \(signal)"
        }
    }
}
