/// How TensorBoard shows that a trial ended.
public enum HParamsStatus: Int64, Sendable {
    case success = 1
    case failure = 2
    case running = 3
}
