import Core
import Testing

@testable import MLRuntime

@Suite("Reproducing trials")
struct ReproductionTests {
    @Test(
        "outputs are identical, within the tolerance, different, or not there",
        arguments: [
            (ParameterValue.number(1), ParameterValue.number(1), OutputComparison.Verdict.identical),
            (.number(1), .number(1 + 1e-9), .withinTolerance), (.number(1e9), .number(1e9 + 10), .withinTolerance),
            (.number(1), .number(1.1), .different), (.number(1e-9), .number(-1e-9), .withinTolerance),
            (.text("a"), .text("a"), .identical), (.text("a"), .text("b"), .different),
            (.text("1"), .number(1), .different),
            (.number(.nan), .number(.nan), .identical), (.number(.nan), .number(1), .different),
            (.number(.infinity), .number(.infinity), .identical),
        ])
    func verdicts(_ was: ParameterValue, _ now: ParameterValue, _ verdict: OutputComparison.Verdict) {
        #expect(OutputComparison.verdict(was, now, 1e-6) == verdict)
        #expect(OutputComparison.verdict(was, nil, 1) == .missing)
        #expect(OutputComparison.verdict(nil, now, 1) == .missing)
    }

    private static func input(
        _ path: String, inode: UInt64 = 1, length: UInt64 = 5, modifiedMs: Int64 = 7, checksum: UInt32? = 9
    ) -> InputManifest.Input {
        InputManifest.Input(path: path, inode: inode, length: length, modifiedMs: modifiedMs, checksum: checksum)
    }

    @Test(
        "inputs are equal by their bytes and names, whichever file held them, and by their version where no checksum is known"
    )
    func manifests() {
        let first = InputManifest(
            [Self.input("/d/a"), Self.input("/d/b", checksum: 3), Self.input("/e/a")], isWhole: true)
        let again = InputManifest(
            [Self.input("/e/a"), Self.input("/d/b", inode: 8, checksum: 3), Self.input("/d/a", modifiedMs: 1)],
            isWhole: true)
        #expect(first.directories == again.directories && first.fingerprint == again.fingerprint)
        #expect(first.directories.keys.sorted() == ["/d", "/e"])
        func differs(_ inputs: InputManifest.Input...) -> Bool {
            InputManifest(inputs, isWhole: true).fingerprint
                != InputManifest([Self.input("/d/a")], isWhole: true).fingerprint
        }
        #expect(!differs(Self.input("/d/a", inode: 2)))
        #expect(differs(Self.input("/d/a", checksum: 10)))
        #expect(differs(Self.input("/d/a", length: 6)))
        #expect(differs(Self.input("/d/b")))
        #expect(differs(Self.input("/e/a")))
        #expect(differs(Self.input("/d/a"), Self.input("/d/b")))
        #expect(differs(Self.input("/d/a", checksum: nil)))
        let unknown = [3, 4].map { InputManifest([Self.input("/d/a", inode: $0, checksum: nil)], isWhole: true) }
        #expect(unknown[0].fingerprint != unknown[1].fingerprint)
    }

    @Test("differences of environments name the package, what it was and what it is")
    func environments() {
        var was = EnvironmentRecord(
            command: [], directory: "/", files: [], leftOut: [], locks: [], host: ProgramCapture.host(),
            variables: ["OMP_NUM_THREADS": "1", "PATH": "/a"])
        var now = was
        #expect(EnvironmentCheck.differences(was, now).isEmpty)
        was.python = EnvironmentRecord.Python(
            executable: "/a", version: "3.11.7", packages: ["numpy==2.0.1", "gone==1", "same==3 @ file:///x"])
        now.python = EnvironmentRecord.Python(
            executable: "/b", version: "3.12.0", packages: ["numpy==2.1.0", "new==1", "same==3 @ file:///x"])
        now.variables = ["PATH": "/b"]
        #expect(
            EnvironmentCheck.differences(was, now) == [
                "python 3.11.7, now 3.12.0", "gone 1, now not there", "new not there, now 1",
                "numpy 2.0.1, now 2.1.0", "$OMP_NUM_THREADS 1, now not there",
            ])
    }
}
