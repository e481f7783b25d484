import Core
import Foundation
import Testing

@testable import MLRuntime

@Suite("What is kept of a program")
struct ProgramCaptureTests {
    private static func withFolder(_ files: [String: String], _ body: (String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "hfs-capture-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files {
            let file = URL(fileURLWithPath: "\(folder)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try await body(folder)
    }

    @Test("the script, its configuration, and the modules beside it; no data, no caches, no environments")
    func script() async throws {
        let files = [
            "src/train.py": "import models.net", "src/models/net.py": "x = 1", "src/models/__pycache__/net.py": "",
            "src/.hidden.py": "", "src/venv/pyvenv.cfg": "", "src/venv/lib.py": "", "config.yaml": "a: 1",
            "digits.csv": "1,2", "other/unrelated.py": "",
        ]
        try await Self.withFolder(files) { folder in
            let program = ProgramFiles(
                ["python3", "src/train.py", "--config", "config.yaml", "digits.csv", "--lr", "0.1"], in: folder)
            #expect(program.files.map(\.path) == ["src/train.py", "config.yaml", "src/models/net.py"])
            #expect(program.files[0].checksum == CRC32C.checksum(Array("import models.net".utf8)))
            #expect(program.leftOut.map(\.path) == ["digits.csv"])
            let module = ProgramFiles(["python3", "-m", "models.net"], in: "\(folder)/src")
            #expect(Set(module.files.map(\.path)) == ["train.py", "models/net.py"])
        }
    }

    @Test("a program of one's own is kept, one of the system's is not; a script elsewhere keeps its whole path")
    func programs() async throws {
        try await Self.withFolder([
            "train": "ELF", "a.sh": "#!/bin/sh\n", "sub/x": "", "v/bin/python": "ELF", "v/pyvenv.cfg": "",
        ]) { folder in
            #expect(ProgramFiles(["./train"], in: folder).files.map(\.path) == ["train"])
            #expect(ProgramFiles(["sh", "-c", "echo a.sh"], in: folder).files.isEmpty)
            #expect(ProgramFiles(["v/bin/python", "-c", ""], in: folder).files.isEmpty)
            #expect(ProgramFiles(["/bin/true"], in: folder).files.isEmpty)
            let elsewhere = ProgramFiles(["sh", "\(folder)/a.sh"], in: "\(folder)/sub")
            #expect(elsewhere.files.map(\.path) == ["outside\(folder)/a.sh"])
            let above = ProgramFiles(["sh", "../a.sh"], in: "\(folder)/sub")
            #expect(above.files == elsewhere.files)
        }
    }

    @Test(
        "paths lose what means nothing",
        arguments: [
            ("a.py", "/w/a.py"), ("./a.py", "/w/a.py"), ("../x/./a.py", "/x/a.py"), ("/a//b/../c", "/a/c"),
            ("../../..", "/"),
        ])
    func paths(_ path: String, _ absolute: String) {
        #expect(LocalPath.absolute(path, in: "/w") == absolute)
    }

    @Test("what is too large is left out with its reason")
    func large() async throws {
        try await Self.withFolder(["big.py": String(repeating: "#", count: (16 << 20) + 1)]) { folder in
            let program = ProgramFiles(["python3", "big.py"], in: folder)
            #expect(program.files.isEmpty)
            #expect(program.leftOut.first?.reason.contains("16 MiB") == true)
        }
    }

    @Test("the interpreter is the command's, or that of the script's first line")
    func interpreter() async throws {
        try await Self.withFolder(
            ["a": "#!/usr/bin/env python3\n", "b": "#!/opt/v/bin/python -u\n", "c": "#!/bin/sh\n"]
        ) { folder in
            func found(_ command: String...) -> [String]? { PythonProbe.interpreter(command, in: folder) }
            #expect(found("/opt/v/bin/python3.11", "x.py") == ["/opt/v/bin/python3.11"])
            #expect(found("./a") == ["python3"])
            #expect(found("\(folder)/b") == ["/opt/v/bin/python"])
            #expect(found("./c") == nil)
            #expect(found("true") == nil)
        }
    }

    @Test("no secret is kept: not by a variable's name, not in a remote's address")
    func secrets() {
        let environment = [
            "PATH": "/bin", "CUDA_VISIBLE_DEVICES": "0", "TF_API_TOKEN": "s", "PYTHON_KEYRING": "s", "HOME": "/root",
            "AWS_SECRET_ACCESS_KEY": "s", "TORCH_HOME": "/t", "SLURM_JOB_ID": "7", "WANDB_API_KEY": "s",
        ]
        #expect(
            KeptVariables.values(environment)
                == ["PATH": "/bin", "CUDA_VISIBLE_DEVICES": "0", "TORCH_HOME": "/t", "SLURM_JOB_ID": "7"])
        #expect(GitProbe.withoutCredentials("https://me:token@host.org/a/b@c.git") == "https://host.org/a/b@c.git")
        #expect(GitProbe.withoutCredentials("git@host.org:a/b.git") == "git@host.org:a/b.git")
        #expect(GitProbe.withoutCredentials("https://host.org/a") == "https://host.org/a")
    }

    @Test("a tool that says too much, fails, is missing, or does not end says nothing", .timeLimit(.minutes(5)))
    func tools() async {
        let environment = ["PATH": "/usr/bin:/bin"]
        func output(_ arguments: String..., timeoutMs: Int64 = 20_000) async -> [UInt8]? {
            await ToolRun.output(arguments, in: "/", environment: environment, bytesMax: 100, timeoutMs: timeoutMs)
        }
        #expect(await output("sh", "-c", "echo a; echo b >&2") == Array("a\n".utf8))
        #expect(await output("sh", "-c", "echo a; exit 1") == nil)
        #expect(await output("no-such-tool") == nil)
        #expect(await output("sh", "-c", "yes") == nil)
        #expect(await output("sh", "-c", "exec sleep 1000", timeoutMs: 300) == nil)
    }

    @Test("the first error of many pieces of work is thrown, and the answers keep their order")
    func tasks() async throws {
        let squares = try await BoundedTasks.map(Array(0..<50), atMost: 3) { item throws(HFSError) in item * item }
        #expect(squares == (0..<50).map { $0 * $0 })
        await #expect(throws: HFSError.self) {
            _ = try await BoundedTasks.map([1, 2, 3], atMost: 2) { item throws(HFSError) in
                if item == 2 { throw HFSError(.io, "two") }
            }
        }
    }
}
