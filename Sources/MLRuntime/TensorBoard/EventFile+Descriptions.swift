/// Texts by which TensorBoard shows what it is about, as Markdown tables.
extension EventFile {
    static func description(of settings: ExperimentSettings) -> [UInt8] {
        let options = settings.optimizer.options.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let rows = [
            ("program", code(settings.command.joined(separator: " "))), ("directory", code(settings.directory)),
            ("user", settings.user), ("optimizer", settings.optimizer.name + options),
            ("trials", "\(settings.search.trials)"), ("seed", "\(settings.search.seed)"),
            (settings.search.direction.rawValue, settings.metric),
            ("parameters", settings.search.space.parameters.map(\.name).joined(separator: " ")),
        ]
        return text("experiment", table(rows), step: 0, timeMs: settings.createdMs)
    }

    static func description(of order: QueuedTrial, timeMs: Int64) -> [UInt8] {
        let parameters = order.suggestion.parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
        return text("trial", table([("seed", "\(order.seed)")] + parameters), step: 0, timeMs: timeMs)
    }

    private static func table(_ rows: [(String, String)]) -> String {
        let lines = rows.map { name, value in "| \(escaped(name)) | \(escaped(value)) |" }
        return (["| | |", "| --- | --- |"] + lines).joined(separator: "\n")
    }

    private static func code(_ text: String) -> String { "`\(text.replacing("`", with: "'"))`" }

    /// A bar or a line's end would end a cell.
    private static func escaped(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ").replacing("\r", with: " ")
    }
}
