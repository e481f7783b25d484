/// Paths as the command line writes them.
enum RemotePath {
    static func absolute(_ operand: String, user: String) -> String {
        var text = operand[...]
        if text.hasPrefix("hdfs://") {
            text = text.dropFirst("hdfs://".count)
            text = text.firstIndex(of: "/").map { text[$0...] } ?? "/"
        }
        let full = text.hasPrefix("/") ? String(text) : "/user/\(user)/\(text)"
        var components: [Substring] = []
        for component in full.split(separator: "/") where component != "." {
            if component == ".." {
                _ = components.popLast()
            } else {
                components.append(component)
            }
        }
        return "/" + components.joined(separator: "/")
    }

    private static let scheme = "hdfs://"

    /// The `host:port` of a path written as a URI, with HDFS's port when it names none; nil for a path without one.
    static func authority(_ operand: String) -> String? {
        operand.hasPrefix(scheme) ? authorities(operand).first : nil
    }

    /// Each `host:port` of a cluster's URI.
    static func authorities(_ uri: String) -> [String] {
        let rest = uri.hasPrefix(scheme) ? uri.dropFirst(scheme.count) : uri[...]
        return rest.prefix { $0 != "/" }.split(separator: ",").map { $0.contains(":") ? String($0) : "\($0):8020" }
    }

    static func join(_ directory: String, _ name: String) -> String {
        directory == "/" ? "/\(name)" : "\(directory)/\(name)"
    }

    /// The last component; `/` for the root.
    static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? "/"
    }

    static func parent(_ path: String) -> String {
        "/" + path.split(separator: "/").dropLast().joined(separator: "/")
    }
}
