import ArgumentParser
import Core
import FoundationEssentials
import Logging

/// What both servers' commands take, and what both configurations hold besides the server's own settings.
struct ServerOptions: ParsableArguments {
    /// The `log` part of a server's configuration.
    struct Log: Codable, Sendable {
        /// `text` or `json`.
        var format = StandardErrorLogHandler.Format.text
        /// `trace`, `debug`, `info`, `notice`, `warning`, `error`.
        var level = Logger.Level.info

        init() {}

        init(from decoder: any Decoder) throws {
            self.init()
            let values = try decoder.container(keyedBy: CodingKeys.self)
            format = try values.decodeIfPresent(StandardErrorLogHandler.Format.self, forKey: .format) ?? format
            level = try values.decodeIfPresent(Logger.Level.self, forKey: .level) ?? level
        }
    }

    private struct Common: Decodable {
        var log: Log?
    }

    @Option(help: ArgumentHelp("The configuration, JSON.", valueName: "file"))
    var config: String

    /// The configuration, and the logger that its `log` part asks for.
    func load<Configuration: Decodable>(
        _ type: Configuration.Type, label: String
    ) throws -> (configuration: Configuration, logger: Logger) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: config))
        } catch {
            throw Complaint(config, "cannot be read: \(Self.reason(error))")
        }
        do {
            let configuration = try JSONDecoder().decode(Configuration.self, from: data)
            let log = try JSONDecoder().decode(Common.self, from: data).log ?? Log()
            let logger = Logger(label: label) { label in
                StandardErrorLogHandler(label: label, format: log.format, level: log.level)
            }
            return (configuration, logger)
        } catch {
            throw Complaint(config, Self.reason(error))
        }
    }

    /// Runs `body`; what it throws is said as the server's command says it, with exit code 2: the configuration is wrong.
    static func reporting<R>(_ command: String, _ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch {
            Console(command: command).complain(Complaint(error, about: ""))
            throw ExitCode(2)
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "'\(Self.path(context))' has the wrong type: \(context.debugDescription)"
        case DecodingError.dataCorrupted(let context):
            "\(Self.path(context).isEmpty ? "not JSON" : "'\(Self.path(context))'"): \(context.debugDescription)"
        default: Complaint(error, about: "").reason
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.map(\.stringValue).joined(separator: ".")
    }
}
