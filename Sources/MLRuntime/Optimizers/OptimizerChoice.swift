public import Core

/// An optimizer by its name, with its options: `random`, `asha:eta=4`, `de:population=20,mutation=0.6`.
public struct OptimizerChoice: Hashable, Sendable, Codable {
    public var name: String
    public var options: [String: Double]

    /// The options of each optimizer with their defaults.
    static let known: [String: [String: Double]] = [
        "random": [:],
        "grid": [:],
        "none": [:],
        "de": ["population": 10, "mutation": 0.5, "crossover": 0.9],
        "asha": ["eta": 3],
        "hyperband": ["eta": 3],
        "tpe": ["startup": 10, "candidates": 24],
        "gp": ["startup": 10, "candidates": 400],
    ]

    init(name: String, options: [String: Double]) {
        self.name = name
        self.options = options
    }

    /// Reads `name` or `name:option=number,...`; `.invalidArgument` for an unknown name or option.
    public init(_ text: String) throws(HFSError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts.first ?? "")
        guard let known = Self.known[name] else {
            let names = Self.known.keys.sorted().joined(separator: ", ")
            throw HFSError(.invalidArgument, "There is no optimizer '\(name)': one of \(names)")
        }
        options = [:]
        guard parts.count == 2 else { return }
        for part in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2, let value = Double(pair[1]), value.isFinite, known[pair[0]] != nil else {
                let names = known.keys.sorted().joined(separator: ", ")
                throw HFSError(
                    .invalidArgument,
                    known.isEmpty
                        ? "The optimizer '\(name)' has no options" : "'\(part)' is no option of \(name): \(names)")
            }
            options[pair[0]] = value
        }
    }

    /// The optimizer for a search; `.unsupported` where it cannot handle the space, `.invalidArgument` for options out of
    /// their range.
    public func make(_ search: SearchSettings) throws(HFSError) -> any Optimizer {
        switch name {
        case "grid": try GridSearch(search)
        case "none": try NoSearch(search)
        case "de":
            try DifferentialEvolution(
                search, population: try whole("population", 4...1000), mutation: try number("mutation", 0...2),
                crossover: try number("crossover", 0...1))
        case "asha": try ASHA(search, eta: try whole("eta", 2...64))
        case "hyperband": try Hyperband(search, eta: try whole("eta", 2...64))
        case "tpe":
            try TPE(search, startup: try whole("startup", 1...10_000), candidates: try whole("candidates", 1...10_000))
        case "gp":
            try GaussianProcessSearch(
                search, startup: try whole("startup", 2...10_000), candidates: try whole("candidates", 1...10_000))
        default: try RandomSearch(search)
        }
    }

    private func number(_ option: String, _ range: ClosedRange<Double>) throws(HFSError) -> Double {
        let value = options[option] ?? Self.known[name]?[option] ?? range.lowerBound
        guard range.contains(value) else {
            throw HFSError(
                .invalidArgument, "\(name): \(option) lies between \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }

    private func whole(_ option: String, _ range: ClosedRange<Int>) throws(HFSError) -> Int {
        let value = try number(option, Double(range.lowerBound)...Double(range.upperBound))
        guard let whole = Int(exactly: value) else {
            throw HFSError(.invalidArgument, "\(name): \(option) is a whole number")
        }
        return whole
    }
}
