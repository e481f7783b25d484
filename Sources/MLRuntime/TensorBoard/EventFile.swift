/// Event files as TensorBoard reads them: the bytes of the records to append, in the order of the calls. Fields and numbers are
/// those of TensorFlow's event.proto and summary.proto and of the hparams plugin's plugin_data.proto.
public enum EventFile {
    /// The name of a file written from `timeMs` on; `suffix` keeps writers of one host apart. At most one file of a run
    /// directory is written at a time.
    public static func name(timeMs: Int64, host: String, suffix: String) -> String {
        let seconds = String(timeMs / 1000)
        return
            "events.out.tfevents.\(String(repeating: "0", count: max(0, 10 - seconds.count)))\(seconds).\(host).\(suffix)"
    }

    /// The first record of every file.
    public static func version(timeMs: Int64) -> [UInt8] {
        event(timeMs, step: nil) { $0.text(3, "brain.Event:2") }
    }

    /// A value of a curve. TensorBoard keeps single precision.
    public static func scalar(_ tag: String, _ value: Double, step: Int, timeMs: Int64) -> [UInt8] {
        summary(timeMs, step: step, tag) { $0.float(2, Float(value)) }
    }

    /// A text, shown as Markdown.
    public static func text(_ tag: String, _ value: String, step: Int, timeMs: Int64) -> [UInt8] {
        summary(timeMs, step: step, tag) { writer in
            metadata(&writer, plugin: "text", dataClass: 2) { _ in }
            writer.message(8) { tensor in
                tensor.int(1, 7)
                tensor.message(2) { shape in shape.message(2) { $0.int(1, 1) } }
                tensor.text(8, value)
            }
        }
    }

    /// The experiment's parameters and the metric to compare by; in the directory above those of the trials.
    public static func hparamsExperiment(
        _ name: String, space: SearchSpace, metric: String, user: String, timeMs: Int64
    ) -> [UInt8] {
        hparams(timeMs, "_hparams_/experiment") { data in
            data.message(2) { experiment in
                experiment.text(6, name)
                experiment.text(2, user)
                experiment.double(3, Double(timeMs) / 1000)
                for parameter in space.parameters {
                    experiment.message(4) { write(parameter, to: &$0) }
                }
                experiment.message(5) { info in
                    info.message(1) { $0.text(2, metric) }
                }
            }
        }
    }

    /// A trial's parameters. `group` is what its repetitions have in common: its name.
    public static func hparamsStart(_ parameters: [String: ParameterValue], group: String, timeMs: Int64) -> [UInt8] {
        hparams(timeMs, "_hparams_/session_start_info") { data in
            data.message(3) { start in
                for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
                    start.message(1) { entry in
                        entry.text(1, name)
                        entry.message(2) { write(value, to: &$0) }
                    }
                }
                start.text(4, group)
                start.double(5, Double(timeMs) / 1000)
            }
        }
    }

    /// That a trial has ended.
    public static func hparamsEnd(_ status: HParamsStatus, timeMs: Int64) -> [UInt8] {
        hparams(timeMs, "_hparams_/session_end_info") { data in
            data.message(4) { end in
                end.int(1, status.rawValue)
                end.double(2, Double(timeMs) / 1000)
            }
        }
    }

    // MARK: Parts

    private static func event(_ timeMs: Int64, step: Int?, _ body: (inout MessageWriter) -> Void) -> [UInt8] {
        var writer = MessageWriter()
        writer.double(1, Double(timeMs) / 1000)
        if let step { writer.int(2, Int64(step)) }
        body(&writer)
        return RecordFrame.bytes(writer.bytes)
    }

    private static func summary(
        _ timeMs: Int64, step: Int, _ tag: String, _ value: (inout MessageWriter) -> Void
    ) -> [UInt8] {
        event(timeMs, step: step) { event in
            event.message(5) { summary in
                summary.message(1) { writer in
                    writer.text(1, tag)
                    value(&writer)
                }
            }
        }
    }

    private static func metadata(
        _ writer: inout MessageWriter, plugin: String, dataClass: Int64?, content: (inout MessageWriter) -> Void
    ) {
        writer.message(9) { metadata in
            metadata.message(1) { data in
                data.text(1, plugin)
                data.message(2, content)
            }
            if let dataClass { metadata.int(4, dataClass) }
        }
    }

    /// The plugin reads its records from the metadata; the tensor is empty, as TensorBoard's own writer has it.
    private static func hparams(_ timeMs: Int64, _ tag: String, _ content: (inout MessageWriter) -> Void) -> [UInt8] {
        summary(timeMs, step: 0, tag) { writer in
            metadata(&writer, plugin: "hparams", dataClass: nil, content: content)
            writer.message(8) { tensor in
                tensor.int(1, 1)
                tensor.message(2) { shape in shape.message(2) { $0.int(1, 0) } }
            }
        }
    }

    private static func write(_ parameter: Parameter, to info: inout MessageWriter) {
        info.text(1, parameter.name)
        switch parameter.domain {
        case .double(let low, let high, _, _): interval(low, high, &info)
        case .int(let low, let high, _, _), .budget(let low, let high): interval(Double(low), Double(high), &info)
        case .categorical(let values), .ordinal(let values):
            let isNumeric = values.allSatisfy { if case .number = $0 { true } else { false } }
            info.int(4, isNumeric ? 3 : 1)
            info.message(5) { list in
                for value in values {
                    list.message(1) { isNumeric ? write(value, to: &$0) : $0.text(3, value.description) }
                }
            }
        }
    }

    private static func interval(_ low: Double, _ high: Double, _ info: inout MessageWriter) {
        info.int(4, 3)
        info.message(6) { interval in
            interval.double(1, low)
            interval.double(2, high)
        }
    }

    private static func write(_ value: ParameterValue, to writer: inout MessageWriter) {
        switch value {
        case .number(let number): writer.double(2, number)
        case .text(let text): writer.text(3, text)
        }
    }
}
