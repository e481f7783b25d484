import Core

/// One input or output of a model.
public struct ModelField: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The type of a value, or of a tensor's elements.
    public enum Element: String, Hashable, Sendable, Codable, CaseIterable {
        case boolean, integer, long, float, double, string, binary, datetime
    }

    public var name: String
    public var type: Element
    /// A tensor's extents, -1 for any; nil: a single value.
    public var shape: [Int]?

    public init(_ name: String, _ type: Element, shape: [Int]? = nil) {
        self.name = name
        self.type = type
        self.shape = shape
    }

    public var description: String { shape.map { "\(type.rawValue) tensor of shape \($0)" } ?? type.rawValue }

    func check() throws(HFSError) {
        guard !name.isEmpty else { throw HFSError(.invalidArgument, "The signature has a field without a name") }
        guard shape?.allSatisfy({ $0 >= -1 }) ?? true else {
            throw HFSError(.invalidArgument, "The shape of '\(name)' has an extent below -1")
        }
    }

    /// Whether a value of an example can be this field's.
    func fits(_ value: ModelExample) -> Bool { Self.fits(value, type, (shape ?? [])[...]) }

    private static func fits(_ value: ModelExample, _ type: Element, _ shape: ArraySlice<Int>) -> Bool {
        if let extent = shape.first {
            guard case .list(let values) = value, extent == -1 || values.count == extent else { return false }
            return values.allSatisfy { fits($0, type, shape.dropFirst()) }
        }
        return switch (type, value) {
        case (.boolean, .flag), (.float, .number), (.double, .number): true
        case (.integer, .number(let number)): Int32(exactly: number) != nil
        case (.long, .number(let number)): Int64(exactly: number) != nil
        case (.string, .text), (.binary, .text), (.datetime, .text): true
        default: false
        }
    }
}
