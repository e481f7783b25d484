public import Core

/// Parameters of a trial, by their names. A parameter whose condition does not hold is left out.
public struct TrialParameters: Hashable, Sendable {
    public let values: [String: ParameterValue]

    public init(_ values: [String: ParameterValue] = [:]) { self.values = values }

    public subscript(name: String) -> ParameterValue? { values[name] }

    /// A number. `.invalidArgument` where there is none of that name.
    public func double(_ name: String) throws(HFSError) -> Double {
        guard case .number(let number) = values[name] else { throw refusal(name, "number") }
        return number
    }

    /// A whole number. `.invalidArgument` where there is none of that name.
    public func int(_ name: String) throws(HFSError) -> Int {
        guard case .number(let number) = values[name], let whole = Int(exactly: number) else {
            throw refusal(name, "whole number")
        }
        return whole
    }

    /// A text; of a number its digits. `.invalidArgument` where there is none of that name.
    public func text(_ name: String) throws(HFSError) -> String {
        guard let value = values[name] else { throw refusal(name, "value") }
        return value.description
    }

    private func refusal(_ name: String, _ kind: String) -> HFSError {
        HFSError(
            .invalidArgument,
            "The trial has no \(kind) '\(name)': \(values.isEmpty ? "it has no parameters" : description)")
    }
}

extension TrialParameters: CustomStringConvertible {
    /// `lr=0.01 act=relu`, in the order of the names.
    public var description: String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
}
