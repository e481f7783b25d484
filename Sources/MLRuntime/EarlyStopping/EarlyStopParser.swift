public import Core

/// Rules as the command line writes them: `median`, `median:min=5,interval=2`, `threshold:value=0.8,step=10`,
/// `patience:reports=5,delta=0.001`, `nan`, `none`.
public enum EarlyStopParser {
    /// The rules of several texts; `nan` is always among them unless `none` is given. `.invalidArgument` for what is no rule.
    public static func parse(_ texts: [String]) throws(HFSError) -> EarlyStopping {
        if texts.contains("none") {
            guard texts.count == 1 else { throw HFSError(.invalidArgument, "--early-stop none stands alone") }
            return EarlyStopping([])
        }
        var rules: [EarlyStopRule] = [.notANumber]
        for text in texts where text != "nan" { rules.append(try rule(text)) }
        return EarlyStopping(rules)
    }

    private static func rule(_ text: String) throws(HFSError) -> EarlyStopRule {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let name = parts.first ?? ""
        let defaults: [String: Double?] =
            switch name {
            case "median": ["min": 10, "interval": 1]
            case "threshold": ["value": nil, "step": 0]
            case "patience": ["reports": nil, "delta": 0]
            default:
                throw HFSError(
                    .invalidArgument, "There is no rule '\(text)': median, threshold, patience, nan or none")
            }
        var values = defaults
        for part in (parts.count > 1 ? parts[1] : "").split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2, defaults[pair[0]] != nil, let value = Double(pair[1]), value.isFinite else {
                throw HFSError(
                    .invalidArgument,
                    "'\(part)' is no option of \(name): \(defaults.keys.sorted().joined(separator: ", "))")
            }
            values[pair[0]] = value
        }
        switch name {
        case "median":
            return .median(trialsMin: try count(values, "min", name), interval: try count(values, "interval", name))
        case "threshold":
            return .threshold(value: try number(values, "value", name), step: Int(try number(values, "step", name)))
        default:
            return .patience(
                reports: try count(values, "reports", name), delta: try number(values, "delta", name))
        }
    }

    private static func number(_ values: [String: Double?], _ key: String, _ rule: String) throws(HFSError) -> Double {
        guard case .some(.some(let value)) = values[key], abs(value) < 1e15 || key == "value" else {
            throw HFSError(.invalidArgument, "\(rule) needs \(key)=NUMBER")
        }
        return value
    }

    private static func count(_ values: [String: Double?], _ key: String, _ rule: String) throws(HFSError) -> Int {
        guard let count = Int(exactly: try number(values, key, rule)), count >= 1 else {
            throw HFSError(.invalidArgument, "\(rule): \(key) is a whole number, 1 or more")
        }
        return count
    }
}
