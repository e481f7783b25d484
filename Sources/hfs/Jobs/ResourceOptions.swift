import ArgumentParser
import Core
import MLRuntime

/// What each of a job's programs needs.
struct ResourceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("GPUs that are the program's alone.", valueName: "count")) var gpus = 0
    @Option(help: ArgumentHelp("CPUs that are counted for it.", valueName: "count")) var cpus = 0
    @Option(help: ArgumentHelp("Memory that is counted for it: 512M, 16G.", valueName: "size")) var memory: String?

    func resources() throws(HFSError) -> Resources {
        try Resources(
            gpus: gpus, cpus: cpus,
            memoryBytes: try memory.map { text throws(HFSError) in try Resources.bytes(text) } ?? 0)
    }
}
