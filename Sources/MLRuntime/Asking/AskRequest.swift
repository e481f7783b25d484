/// What somebody asks of an experiment: a trial. Written as an attribute of a directory of its own in `asks/`, and answered there by
/// whoever drives.
struct AskRequest: Hashable, Sendable, Codable {
    /// nil: the experiment's optimizer chooses.
    var parameters: [String: ParameterValue]?
    /// Whoever asks runs it and tells of its end; else agents do.
    var isReserved: Bool
}
