import Core

/// The Python that runs a program, and the packages that it finds.
enum PythonProbe {
    private static let text = """
        import json, re, sys
        from importlib import metadata
        found = {}
        for package in metadata.distributions():
            name = package.metadata["Name"]
            if not name or name.lower() in found:
                continue
            line = f"{name}=={package.version}"
            direct = package.read_text("direct_url.json")
            if direct:
                url = json.loads(direct).get("url", "")
                line += " @ " + re.sub(r"//[^/@]*@", "//", url)
            found[name.lower()] = line
        print(json.dumps({"executable": sys.executable, "version": sys.version.split()[0],
                          "packages": [found[name] for name in sorted(found)]}))
        """

    /// nil for a program that is none of Python's, or whose Python does not answer.
    static func record(
        _ command: [String], in directory: String, environment: [String: String]
    ) async -> EnvironmentRecord.Python? {
        guard let interpreter = interpreter(command, in: directory),
            let bytes = await ToolRun.output(interpreter + ["-c", text], in: directory, environment: environment)
        else { return nil }
        return try? CanonicalJSON.value(EnvironmentRecord.Python.self, from: bytes)
    }

    /// The interpreter that the command names, or the first line of the script that it is.
    static func interpreter(_ command: [String], in directory: String) -> [String]? {
        guard let program = command.first else { return nil }
        if program.split(separator: "/").last?.hasPrefix("python") == true { return [program] }
        guard program.contains("/"),
            let line = ProgramFiles.firstLine(of: program.hasPrefix("/") ? program : "\(directory)/\(program)"),
            line.hasPrefix("#!"), line.contains("python")
        else { return nil }
        let words = line.dropFirst(2).split(separator: " ").map(String.init)
        return words.first?.hasSuffix("/env") == true ? Array(words.dropFirst().suffix(1)) : words.first.map { [$0] }
    }
}
