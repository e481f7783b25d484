internal import Glibc

/// The environment of this process; an empty variable counts as none.
package enum Environment {
    package static subscript(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// All of this process's variables.
    package static var all: [String: String] {
        list(with: [:]).reduce(into: [:]) { result, pair in
            let name = pair.prefix { $0 != "=" }
            result[String(name)] = String(pair.dropFirst(name.count + 1))
        }
    }

    /// This process's environment for a child, with `values` set.
    package static func list(with values: [String: String]) -> [String] {
        var result: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            if values[String(pair.prefix { $0 != "=" })] == nil { result.append(pair) }
            entry += 1
        }
        return result + values.map { "\($0.key)=\($0.value)" }.sorted()
    }
}
