/// Comparison of secrets.
package enum ConstantTime {
    /// Takes as long for any two of the same length, wherever they differ: how long an answer took tells nothing of a secret.
    package static func isEqual(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        a.count == b.count && zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
