/// One measured phase: how many operations, how long, what the servers spent.
struct Measurement: Codable, Sendable {
    var work: String
    var operations: Int
    var errors: Int
    var firstError: String?
    var seconds: Double
    var operationsPerSecond: Double
    var p50Us: Double
    var p99Us: Double
    var p999Us: Double
    /// Of all server processes together, per operation. 0 when no process ids were given.
    var serverUserUs: Double
    var serverTotalUs: Double
    /// Of the generator itself.
    var generatorUs: Double
    /// MiB/s; only for put and get.
    var mebibytesPerSecond: Double?
}
