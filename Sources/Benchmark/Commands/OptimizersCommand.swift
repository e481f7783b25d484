import ArgumentParser
import MLRuntime

/// `hfs-bench optimizers`: one line of JSON a function and optimizer, for `deploy/bench/optimizers.py`.
struct OptimizersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "optimizers", abstract: "Regrets of the optimizers on functions with a known minimum.")

    @Option(help: "random, de, tpe, gp, with options as in 'hfs experiment run'.") var optimizers = "random,de,tpe,gp"
    @Option(help: "Trials of each search.") var trials = 100
    @Option(help: "Searches of each kind, with the seeds from 0 on.") var seeds = 20

    func run() throws {
        for function in TestFunction.allCases {
            for name in optimizers.split(separator: ",") {
                let choice = try OptimizerChoice(String(name))
                let regrets = try (0..<seeds).map { seed in
                    try RegretRun.regret(function, choice, trials: trials, seed: UInt64(seed))
                }
                print(#"{"function":"\#(function.rawValue)","optimizer":"\#(name)","regrets":\#(regrets)}"#)
            }
        }
    }
}
