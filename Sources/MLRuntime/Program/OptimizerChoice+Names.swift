extension OptimizerChoice {
    /// Independent draws.
    public static var random: OptimizerChoice { OptimizerChoice(known: "random") }

    /// Every combination, the last parameter changing fastest.
    public static var grid: OptimizerChoice { OptimizerChoice(known: "grid") }

    /// The same trial with other seeds, for a space without parameters.
    public static var none: OptimizerChoice { OptimizerChoice(known: "none") }

    /// Asynchronous successive halving; the space needs a budget.
    public static func asha(eta: Int = 3) -> OptimizerChoice { OptimizerChoice(known: "asha", ["eta": Double(eta)]) }

    /// Brackets of successive halving; the space needs a budget.
    public static func hyperband(eta: Int = 3) -> OptimizerChoice {
        OptimizerChoice(known: "hyperband", ["eta": Double(eta)])
    }

    /// A tree-structured Parzen estimator.
    public static func tpe(startup: Int = 10, candidates: Int = 24) -> OptimizerChoice {
        OptimizerChoice(known: "tpe", ["startup": Double(startup), "candidates": Double(candidates)])
    }

    /// Differential evolution, steady state.
    public static func differentialEvolution(
        population: Int = 10, mutation: Double = 0.5, crossover: Double = 0.9
    ) -> OptimizerChoice {
        OptimizerChoice(
            known: "de", ["population": Double(population), "mutation": mutation, "crossover": crossover])
    }

    /// Of an optimizer that there is; options out of their range are refused when the search begins.
    private init(known name: String, _ options: [String: Double] = [:]) {
        precondition(Self.known[name] != nil)
        self.init(name: name, options: options)
    }
}
