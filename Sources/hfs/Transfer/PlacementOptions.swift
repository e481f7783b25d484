import ArgumentParser

/// Where put and cp have the bytes of new files go.
struct PlacementOptions: ParsableArguments {
    @Flag(help: "Put small files on datanodes, too, not into the namenode.")
    var noInline = false
}
