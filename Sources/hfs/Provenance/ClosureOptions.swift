import ArgumentParser

/// What `upstream` and `downstream` take.
struct ClosureOptions: ParsableArguments {
    @OptionGroup var options: LineageOptions
    @Option(help: ArgumentHelp("So many steps at most.", valueName: "count")) var depth: Int?
    @Argument(help: "A file, an artifact's directory, or a directory of files.") var path: String

    func validate() throws {
        if let depth, depth < 0 { throw ValidationError("--depth is not negative") }
    }
}
