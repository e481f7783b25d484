extension ExtendedAttribute {
    /// Prefixes of names within `user` that hfs gives a meaning: `hfs.` describes the artifact to the system, `ml.` to people
    /// and queries. HDFS's clients know only their own namespaces, so `user.ml.accuracy` on the wire is `ml.accuracy` here.
    public static let ownPrefixes = ["hfs.", "ml."]

    /// True for `hfs.*` and `ml.*`.
    public var isOwn: Bool { namespace == .user && Self.ownPrefixes.contains { name.hasPrefix($0) } }

    /// The name with its namespace: `user.color`, `trusted.x`; our own without `user.`: `ml.accuracy`.
    public var fullName: String { isOwn ? name : "\(namespace).\(name)" }

    /// The attribute of a name with its namespace, in any case of the namespace; nil for an unknown one and for an empty rest.
    public init?(fullName: String, value: [UInt8] = []) {
        for namespace in Namespace.allCases {
            let prefix = "\(namespace)."
            guard fullName.prefix(prefix.count).lowercased() == prefix else { continue }
            let rest = String(fullName.dropFirst(prefix.count))
            guard !rest.isEmpty else { return nil }
            self.init(namespace: namespace, name: rest, value: value)
            return
        }
        guard let prefix = Self.ownPrefixes.first(where: { fullName.hasPrefix($0) }), fullName.count > prefix.count
        else { return nil }
        self.init(namespace: .user, name: fullName, value: value)
    }
}
