import ArgumentParser

/// What holds for whoever runs trials on this host.
struct OrphanOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Seconds for which trials go on while no namenode answers; then they are ended.", valueName: "seconds"))
    var orphanTimeout = 3600.0

    var orphanTimeoutMs: Int64 { Int64(orphanTimeout * 1000) }

    func validate() throws {
        guard (1...604_800).contains(orphanTimeout) else {
            throw ValidationError("--orphan-timeout lies between 1 and 604800 seconds")
        }
    }
}
