import Core
import Glibc
import Testing

@testable import MLRuntime

@Suite("What travels with a job")
struct ProgramPackageTests {
    /// A directory with a program, a module and a folder of data.
    private static func withFiles(_ body: (String) throws -> Void) throws {
        let folder = try TrialFolder()
        defer { folder.remove() }
        try folder.makeWork()
        for directory in ["src", "data", "data/deep"] { mkdir("\(folder.path)/\(directory)", 0o755) }
        for (file, mode) in [("src/train.py", 0o644), ("tool", 0o755), ("data/a", 0o644), ("data/deep/b", 0o644)] {
            let descriptor = open("\(folder.path)/\(file)", O_CREAT | O_WRONLY, mode_t(mode))
            close(descriptor)
        }
        try body(folder.path)
    }

    @Test("what the command names by a relative path; nothing else that it names")
    func command() throws {
        try Self.withFiles { folder in
            let python = try ProgramPackage(
                ["python3", "src/train.py", "--lr", "0.1", "/etc/hostname", "data"], directory: folder)
            #expect(python.command == ["python3", "src/train.py", "--lr", "0.1", "/etc/hostname", "data"])
            #expect(python.sources.map(\.file) == [ProgramFile(path: "src/train.py", isExecutable: false)])
            let tool = try ProgramPackage(["./tool", "./src/train.py"], directory: folder)
            #expect(tool.sources.map(\.file.path) == ["tool", "src/train.py"])
            #expect(tool.command == ["./tool", "./src/train.py"])
            #expect(tool.sources[0].file.isExecutable)
        }
    }

    @Test("a path out of the directory comes along under its last name")
    func outside() throws {
        try Self.withFiles { folder in
            let package = try ProgramPackage(["../tool", "../src/train.py"], directory: "\(folder)/work")
            #expect(package.command == ["./tool", "./train.py"])
            #expect(package.sources.map(\.file.path) == ["tool", "train.py"])
        }
    }

    @Test("files and whole directories that are asked for")
    func files() throws {
        try Self.withFiles { folder in
            let package = try ProgramPackage(["true"], files: ["data", "tool", "data/a"], directory: folder)
            #expect(package.sources.map(\.file.path) == ["data/a", "data/deep/b", "tool"])
            let absolute = try ProgramPackage(["true"], files: ["\(folder)/data"], directory: "/")
            #expect(absolute.sources.map(\.file.path) == ["data/a", "data/deep/b"])
            #expect(absolute.sources.map(\.local) == ["\(folder)/data/a", "\(folder)/data/deep/b"])
        }
    }

    @Test("what is not there is refused, and a program that may not be run")
    func refusals() throws {
        try Self.withFiles { folder in
            for (command, files) in [(["./nothing"], []), (["./src/train.py"], []), (["true"], ["nothing"])]
                as [([String], [String])]
            {
                let error = #expect(throws: HFSError.self) {
                    try ProgramPackage(command, files: files, directory: folder)
                }
                #expect(error?.code == .invalidArgument)
            }
        }
    }
}
