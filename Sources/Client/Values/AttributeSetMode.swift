/// What setting an extended attribute may do: make a new one, replace the old one, or either.
public struct AttributeSetMode: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Fails when the attribute exists, unless `replace` is given too.
    public static let create = AttributeSetMode(rawValue: 1)
    /// Fails when the attribute is missing, unless `create` is given too.
    public static let replace = AttributeSetMode(rawValue: 2)
    public static let createOrReplace: AttributeSetMode = [.create, .replace]
}
