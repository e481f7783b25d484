import ArgumentParser
import Client
import Core
import MLRuntime

/// `hfs experiment ablation --components conv1,conv2 ... -- COMMAND...`
struct ExperimentAblationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ablation",
        abstract: "Leave out one part of a program after another, and show what each contributes.",
        discussion: """
            The program asks for its parts: hfs_trial.includes("conv2"), hfs_trial.columns([...]), or $HFS_OMITTED and \
            $HFS_INCLUDED (JSON). One trial has all parts, the base; each other one goes without one part or group.
            """)

    @OptionGroup var options: ExperimentOptions
    @Option(help: ArgumentHelp("What the experiment is called.", valueName: "name")) var name = "ablation"
    @Option(help: ArgumentHelp("Parts that the program asks about: 'conv1,conv2'.", valueName: "names"))
    var components: [String] = []
    @Option(
        help: ArgumentHelp("Columns of a CSV file or of the dataset in a directory are parts, too.", valueName: "path"))
    var featuresOf: String?
    @Option(help: ArgumentHelp("A column that is no feature.", valueName: "column")) var label: [String] = []
    @Option(help: ArgumentHelp("Parts left out together: 'convolutions=conv1,conv2'.", valueName: "group"))
    var group: [String] = []
    @Option(help: ArgumentHelp("Parameters set otherwise: 'narrow={\"hidden\": 8}'.", valueName: "variant"))
    var custom: [String] = []
    @Option(help: ArgumentHelp("The base's parameters, a JSON object.", valueName: "json")) var params: String?
    @Option(help: ArgumentHelp("The base's parameters are those of ID/TRIAL, or of ID's best.", valueName: "id"))
    var from: String?
    @Option(help: ArgumentHelp("Trials of each variant, with other seeds.", valueName: "count")) var repeats = 1
    @Option(help: "max or min.") var direction = "max"
    @Option(help: ArgumentHelp("What is compared.", valueName: "name")) var metric = "metric"
    @Option(help: ArgumentHelp("Trials at once.", valueName: "count")) var parallel = 1
    @Option(help: ArgumentHelp("Times that a failed trial is tried again.", valueName: "count")) var retries = 0
    @Option(help: ArgumentHelp("Seconds between SIGTERM and SIGKILL.", valueName: "seconds")) var grace = 10.0
    @Option(help: ArgumentHelp("Of the trials' seeds; else one is drawn.", valueName: "number")) var seed: UInt64?
    @Flag(help: "Leave the trials to 'hfs agent' on this or other hosts.") var detached = false
    @Option(help: ArgumentHelp("Show the table of an earlier study.", valueName: "id")) var of: String?
    @Argument(parsing: .postTerminator, help: ArgumentHelp("The program and its arguments.", valueName: "command"))
    var command: [String] = []

    func validate() throws {
        guard of == nil else { return }
        if command.isEmpty { throw ValidationError("experiment ablation takes a program behind --") }
        if params != nil, from != nil { throw ValidationError("--params and --from exclude each other") }
        guard Direction(rawValue: direction) != nil else { throw ValidationError("--direction is max or min") }
        guard (0...86_400).contains(grace) else { throw ValidationError("--grace lies between 0 and 86400 seconds") }
        guard detached || ProgramSearch.canRun(command[0]) else {
            throw ValidationError("\(command[0]): No such program, or it may not be run")
        }
        do {
            // The columns come from the cluster: without them there may be nothing else to leave out.
            _ = try study(features: featuresOf == nil ? [] : ["\n"], base: [:])
        } catch {
            guard featuresOf != nil else { throw ValidationError("\(error)") }
        }
    }

    func run() async throws {
        let this = self
        try await Session.run("experiment ablation", options.connection, patienceMs: Agent.orphanTimeoutMsDefault) {
            session in
            if let of = this.of { return try await this.show(this.options.paths(of), session) }
            let features = try await this.featuresOf.map { try session.path($0) }.asyncMap {
                try await session.columns(of: $0).filter { !this.label.contains($0) }
            }
            let study = try this.study(features: features ?? [], base: try await this.base(session))
            let seed = this.seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
            let trials = study.trials(seed: seed)
            let direction = Direction(rawValue: this.direction) ?? .maximize
            let settings = try ExperimentSettings(
                name: this.name, project: this.options.resolvedProject, user: session.user,
                createdMs: ExperimentClock.nowMs, command: this.command, directory: ProgramSearch.currentDirectory,
                search: SearchSettings(SearchSpace([]), direction: direction, trials: trials.count, seed: seed),
                optimizer: OptimizerChoice("none"), metric: this.metric, earlyStopping: EarlyStopping([]),
                parallel: this.parallel, retries: this.retries, graceMs: Int64(this.grace * 1000))
            let paths = try await ExperimentRun(session, this.options, isDetached: this.detached)
                .new(settings, planned: trials)
            try await this.show(paths, session)
        }
    }

    private func study(features: [String], base: [String: ParameterValue]) throws(HFSError) -> AblationStudy {
        let named = components.flatMap { $0.split(separator: ",").map(String.init) }
        var groups: [AblationStudy.Group] = []
        for text in group {
            let (name, rest) = try Self.pair(text, "group", "convolutions=conv1,conv2")
            groups.append(AblationStudy.Group(name, rest.split(separator: ",").map(String.init)))
        }
        var variants: [AblationStudy.Custom] = []
        for text in custom {
            let (name, rest) = try Self.pair(text, "custom", "narrow={\"hidden\": 8}")
            variants.append(AblationStudy.Custom(name, try ParameterJSON.parameters(rest)))
        }
        return try AblationStudy(
            components: named + features, groups: groups, custom: variants, parameters: base, repeats: repeats)
    }

    private static func pair(
        _ text: String, _ option: String, _ example: String
    ) throws(HFSError) -> (String, String) {
        guard let equal = text.firstIndex(of: "="), equal > text.startIndex else {
            throw HFSError(.invalidArgument, "--\(option) takes a name and what it stands for, as '\(example)'")
        }
        return (String(text[..<equal]), String(text[text.index(after: equal)...]))
    }

    private func base(_ session: Session) async throws -> [String: ParameterValue] {
        if let params { return try ParameterJSON.parameters(params) }
        guard let from else { return [:] }
        let comparison = try await TrialComparison([options.choice(from, all: false)], on: session.fileSystem)
        return comparison.rows.first?.parameters ?? [:]
    }

    private func show(_ paths: ExperimentPaths, _ session: Session) async throws {
        let settings = try await ExperimentStore.settings(paths, on: session.fileSystem)
        let history = try await ExperimentStore.history(paths, on: session.fileSystem)
        let table = Contributions(history, settings.search.direction)
        guard !table.rows.isEmpty else { throw Complaint(paths.id, "Is no ablation study") }
        if options.json { return try session.console.line(JSONOutput.text(table.rows)) }
        let head = ["without", settings.metric, "contributes", "spread", "trials"]
        let rows = table.rows.map(Self.cells)
        for line in TextTable.lines([head] + rows) { try session.console.line(line) }
    }

    private static func cells(_ row: Contributions.Row) -> [String] {
        func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "-" }
        let name = row.variant == AblationStudy.base ? "(base)" : row.variant
        let trials = row.failed == 0 ? "\(row.trials)" : "\(row.trials), \(row.failed) failed"
        return [name, text(row.metric), text(row.contribution), text(row.deviation), trials]
    }
}

extension Optional {
    /// `map` with a body that waits.
    fileprivate func asyncMap<Answer>(_ body: (Wrapped) async throws -> Answer) async throws -> Answer? {
        guard let self else { return nil }
        return try await body(self)
    }
}
