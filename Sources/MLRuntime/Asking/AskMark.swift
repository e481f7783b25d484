/// That a trial was asked for: by which request, so that a request is answered once whoever is killed.
public struct AskMark: Hashable, Sendable, Codable {
    public var id: String
    /// No agent takes it: who asked tells of its end.
    public var isReserved: Bool
}
