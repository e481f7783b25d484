import ArgumentParser
import Core

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "The same load on two servers in turn, round by round, with the ratio of the medians.")

    @Option(help: "The first namenode: hdfs://host:port.") var uri = "hdfs://127.0.0.1:8020"
    @Option(help: "Its processes: name:pid,...") var pids = ""
    @Option(help: "The other namenode.") var peerUri = "hdfs://127.0.0.1:19000"
    @Option(help: "Its processes: name:pid,...") var peerPids = ""
    @Option(help: "Measured rounds of each, after one that warms up.") var rounds = 3
    @OptionGroup var load: LoadOptions

    func run() throws {
        let works = try load.parsedWorks()
        let ours = try Target(address: uri, user: load.user, pids: pids)
        let peer = try Target(address: peerUri, user: load.user, pids: peerPids)
        var samples: [[[Measurement]]] = [[], []]
        for round in 0...rounds {
            for (side, target) in [ours, peer].enumerated() {
                let metadata = load.metadataRun(target, label: "r\(round)")
                let results = try metadata.run(works)
                try metadata.cleanUp()
                if round > 0 { samples[side].append(results) }
            }
        }
        let medians = samples.map(Self.medians)
        if load.json {
            try Report.printJSON(medians[0])
            try Report.printJSON(medians[1])
            return
        }
        print("medians of \(rounds) alternating rounds; ours / peer")
        print(
            Report.row(
                "work", "ops/s", "peer ops/s", "x", "server us", "peer us", "share", "p99 us", "peer p99", "errors"))
        for (a, b) in zip(medians[0], medians[1]) {
            print(
                Report.row(
                    a.work, Report.number(a.operationsPerSecond), Report.number(b.operationsPerSecond),
                    Report.number(a.operationsPerSecond / b.operationsPerSecond), Report.number(a.serverTotalUs),
                    Report.number(b.serverTotalUs), ratio(a.serverTotalUs, b.serverTotalUs), Report.number(a.p99Us),
                    Report.number(b.p99Us), "\(a.errors)/\(b.errors)"))
        }
    }

    private func ratio(_ a: Double, _ b: Double) -> String {
        guard b > 0 else { return "-" }
        let percent = (a / b * 100).rounded()
        return "\(Int(percent)) %"
    }

    /// Phase by phase the median of each figure over the rounds.
    static func medians(_ rounds: [[Measurement]]) -> [Measurement] {
        guard let first = rounds.first else { return [] }
        return first.indices.map { phase in
            let all = rounds.map { $0[phase] }
            func median(_ value: (Measurement) -> Double) -> Double {
                let sorted = all.map(value).sorted()
                return sorted[sorted.count / 2]
            }
            var result = first[phase]
            result.errors = all.reduce(0) { $0 + $1.errors }
            result.firstError = all.compactMap(\.firstError).first
            result.seconds = median(\.seconds)
            result.operationsPerSecond = median(\.operationsPerSecond)
            result.p50Us = median(\.p50Us)
            result.p99Us = median(\.p99Us)
            result.p999Us = median(\.p999Us)
            result.serverUserUs = median(\.serverUserUs)
            result.serverTotalUs = median(\.serverTotalUs)
            result.generatorUs = median(\.generatorUs)
            return result
        }
    }
}
