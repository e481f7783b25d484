import ArgumentParser
import Core

struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract:
            "What tracing costs a namenode: the same load on two of them in turn, traced by one, not by the other.",
        discussion: """
            On the first, below artifacts with indexed attributes and hfs.trace=all, all connections act in a run, by its token; a \
            tailer follows. On the other hfs.trace is none, nobody is in a run, and there are no cursors: its tailer must not run.
            """)

    @Option(help: "The namenode that traces: hdfs://host:port.") var uri = "hdfs://127.0.0.1:8020"
    @Option(help: "Its process: nn:pid.") var pids = ""
    @Option(help: "The process of its tailer: tailer:pid.") var tailerPids = ""
    @Option(help: "The namenode that does not.") var peerUri = "hdfs://127.0.0.1:18020"
    @Option(help: "Its process: nn:pid.") var peerPids = ""
    @Option(help: "Measured rounds of each, after one that warms up.") var rounds = 5
    @OptionGroup var load: LoadOptions

    func run() async throws {
        let works = try load.parsedWorks()
        let tailer = try ProcessCPU(tailerPids)
        let sides = [
            TraceSide(target: try Target(address: uri, user: load.user, pids: pids), isTraced: true),
            TraceSide(target: try Target(address: peerUri, user: load.user, pids: peerPids), isTraced: false),
        ]
        var samples: [[[Measurement]]] = [[], []]
        var tailerSeconds = 0.0
        var events = 0
        for round in 0...rounds {
            for side in round % 2 == 0 ? [0, 1] : [1, 0] {
                let before = tailer.sample()
                let base = "/benchmarks/trace-\(Stopwatch.nowNs)-\(round)"
                let outcome = try await sides[side].run(works, load, base: base)
                if round > 0 { samples[side].append(outcome.measurements) }
                tailerSeconds += (tailer.sample() - before).totalSeconds
                events += outcome.events
            }
        }
        let medians = samples.map(CompareCommand.medians)
        if load.json {
            for side in medians { try Report.printJSON(side) }
            return
        }
        print("medians of \(rounds) alternating rounds; CPU of the namenode, us an operation")
        print(Report.row("work", "traced", "plain", "cost %", "p99 us", "plain p99", "errors"))
        for (traced, plain) in zip(medians[0], medians[1]) {
            let percent = (traced.serverTotalUs / max(plain.serverTotalUs, .leastNormalMagnitude) - 1) * 100
            print(
                Report.row(
                    traced.work, Report.number(traced.serverTotalUs), Report.number(plain.serverTotalUs),
                    (percent < 0 ? "-" : "+") + Report.number(abs(percent)), Report.number(traced.p99Us),
                    Report.number(plain.p99Us), "\(traced.errors)/\(plain.errors)"))
        }
        print(
            "\(events) events told; the tailer took \(Report.number(tailerSeconds)) s of CPU, also for the other's rounds"
        )
    }
}
