/// Numbers that workers combine.
public protocol ReducibleNumber: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    /// What peers compare, so that none takes one type's bits for another's.
    static var reducibleName: String { get }
}

extension Float: ReducibleNumber {
    public static var reducibleName: String { "Float" }
}

extension Double: ReducibleNumber {
    public static var reducibleName: String { "Double" }
}
