/// An extended attribute: namespace, name without prefix, and value.
public struct ExtendedAttribute: Hashable, Sendable {
    /// HDFS's numbers; `user` is open to whoever may write the file, `trusted` and `system` to the superuser.
    public enum Namespace: UInt8, Sendable, CaseIterable { case user = 0, trusted, security, system, raw }

    public var namespace: Namespace
    public var name: String
    public var value: [UInt8]

    public init(namespace: Namespace, name: String, value: [UInt8]) {
        self.namespace = namespace
        self.name = name
        self.value = value
    }
}
