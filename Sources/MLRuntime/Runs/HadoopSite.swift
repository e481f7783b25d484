/// The configuration files of a run's program: the user's own, with what makes each client use the run's token.
///
/// Java's clients use a token as they find it, and want no other authentication set; hdfs-native uses one only with
/// `hadoop.security.authentication` set to `kerberos`. Both read core-site.xml, then hdfs-site.xml: Java keeps to what the
/// first calls final, hdfs-native takes what the second says. Programs that set a caller context only where the configuration
/// allows it (Spark) may.
struct HadoopSite: Sendable {
    let core: String
    let hdfs: String

    private static let authentication = "hadoop.security.authentication"
    private static let callerContext = "hadoop.caller.context.enabled"
    private static let end = "</configuration>"

    init(core: String?, hdfs: String?, uri: String) {
        let core = core ?? Self.empty
        let hdfs = hdfs ?? Self.empty
        var toCore: [String] = []
        var toHDFS: [String] = []
        if !core.contains("<name>fs.defaultFS</name>") { toCore.append(Self.property("fs.defaultFS", uri)) }
        if !core.contains("<name>\(Self.callerContext)</name>") {
            toCore.append(Self.property(Self.callerContext, "true"))
        }
        if !core.contains("<name>\(Self.authentication)</name>"), !hdfs.contains("<name>\(Self.authentication)</name>")
        {
            toCore.append(Self.property(Self.authentication, "simple", isFinal: true))
            toHDFS.append(Self.property(Self.authentication, "kerberos"))
        }
        self.core = Self.adding(toCore, to: core)
        self.hdfs = Self.adding(toHDFS, to: hdfs)
    }

    private static let empty = "<?xml version=\"1.0\"?>\n<configuration>\n</configuration>\n"

    private static func property(_ name: String, _ value: String, isFinal: Bool = false) -> String {
        let last = isFinal ? "<final>true</final>" : ""
        return "  <property><name>\(name)</name><value>\(escaped(value))</value>\(last)</property>\n"
    }

    /// Before the last end of the configuration; a file without one stays as it is.
    private static func adding(_ properties: [String], to file: String) -> String {
        var start = file.endIndex
        while start > file.startIndex {
            start = file.index(before: start)
            if file[start...].hasPrefix(end) {
                return file[..<start] + properties.joined() + file[start...]
            }
        }
        return file
    }

    private static func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            default: String(character)
            }
        }.joined()
    }
}
