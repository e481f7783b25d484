import FoundationEssentials

/// What attempts that report once a second cost the namenode.
struct AttemptsOutcome: Codable, Sendable {
    var attempts: Int
    var agents: Int
    var seconds: Double
    var reportsPerSecond: Double
    /// Of one core, of all measured processes together.
    var idlePercent: Double
    var loadedPercent: Double
    var renewalP50Us: Double
    var renewalP99Us: Double
    /// Values that the driver heard of, of those that were told.
    var valuesTold: Int
    var valuesHeard: Int
    var stops: Int
    var stopsDelivered: Int
    var stopP50Us: Double
    var stopP99Us: Double
    var firstError: String?

    var text: String {
        """
        \(attempts) attempts of \(agents) agents, \(Report.number(reportsPerSecond)) reports/s for \(Report.number(seconds)) s
        CPU of the servers, % of a core: \(Report.number(loadedPercent)), without load \(Report.number(idlePercent))
        renewal, us: p50 \(Report.number(renewalP50Us)), p99 \(Report.number(renewalP99Us))
        values heard by the driver: \(valuesHeard) of \(valuesTold)
        stops delivered: \(stopsDelivered) of \(stops); ms: p50 \(Report.number(stopP50Us / 1000)), p99 \
        \(Report.number(stopP99Us / 1000))
        """ + (firstError.map { "\nfirst error: \($0)" } ?? "")
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
