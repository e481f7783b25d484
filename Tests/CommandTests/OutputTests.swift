import Core
import Logging
import Testing

@testable import hfs

@Suite("What the commands print")
struct OutputTests {
    @Test("a progress line has share, bar, rate and time left")
    func progress() {
        let line = Progress.line(50 << 20, of: 200 << 20, afterMs: 1000)
        #expect(line == " 25% [=======                     ]  50M of 200M      50M/s  0:03 left")
        #expect(Progress.line(10, of: nil, afterMs: 1000).hasPrefix("10 "))
        #expect(Progress.line(0, of: 100, afterMs: 0).contains("-:-- left"))
    }

    @Test("a health page says healthy by its status, else why not")
    func health() {
        let head = "\r\ncontent-type: text/plain\r\n\r\n"
        let healthy = ServerHealth(page: "HTTP/1.1 200 OK\(head)ok\n")
        #expect(healthy.isHealthy && healthy.problem == nil && healthy.text == "healthy")
        let failing = ServerHealth(page: "HTTP/1.1 503 Service Unavailable\(head)unhealthy\nvolume a\nvolume b\n")
        #expect(!failing.isHealthy && failing.text == "unhealthy: volume a; volume b")
        #expect(ServerHealth(page: "HTTP/1.1 404 Not Found\r\n\r\n").text == "unhealthy: status 404")
        #expect(ServerHealth(page: "").text == "unhealthy: status missing")
    }

    @Test("a log line as text keeps one line, as JSON one object")
    func logLines() {
        let text = StandardErrorLogHandler(
            label: "namenode", format: .text, level: .info, clock: ManualClock(startMs: 0))
        #expect(
            text.line(.info, "event", [("a", "1"), ("b", "two words"), ("c", "line\nbreak")])
                == "1970-01-01T00:00:00.000Z info namenode event a=1 b=\"two words\" c=\"line\\nbreak\"\n")
        let json = StandardErrorLogHandler(
            label: "namenode", format: .json, level: .info, clock: ManualClock(startMs: 1))
        #expect(
            json.line(.error, "event", [("level", "x"), ("q", "\"\u{1}")])
                == #"{"time":"1970-01-01T00:00:00.001Z","level":"error","logger":"namenode","event":"event","_level":"x","q":"\"\u0001"}"#
                + "\n")
    }

    @Test("errors are put as a Unix tool puts them")
    func complaints() {
        #expect("\(Complaint(HFSError(.fileNotFound, "x"), about: "/a"))" == "/a: No such file or directory")
        #expect(
            "\(Complaint(HFSError(.accessDenied, "Permission denied: user=bob\n\tat x"), about: "/a"))"
                == "/a: Permission denied: user=bob")
        #expect("\(Complaint(Complaint("/b", "File exists"), about: "/a"))" == "/b: File exists")
    }

    @Test("columns line up")
    func table() {
        #expect(
            TextTable.lines([["a", "10", "x"], ["bbb", "5", "yy"]], alignedRight: [1]) == ["a    10  x", "bbb   5  yy"])
    }

    @Test("a temporary name lies beside its target")
    func temporary() {
        #expect(Downloader.temporaryName("/a/b/c") == "/a/b/.c._COPYING_")
        #expect(Downloader.temporaryName("c") == ".c._COPYING_")
    }

    @Test("attributes are named with or without their namespace")
    func attributes() throws {
        #expect(try AttributeName("color").namespace == .user)
        #expect(try AttributeName("trusted.x").namespace == .trusted)
        #expect(try AttributeName("USER.x").name == "x")
        #expect(try AttributeName("user.nosuch.x").name == "nosuch.x")
        #expect(try AttributeName("ml.accuracy").name == "ml.accuracy")
        #expect(try AttributeAssignment("ml.note=a=b").attribute.value == Array("a=b".utf8))
        for name in ["nosuch.x", "hfs.", ".x", "", "user."] {
            let error = #expect(throws: HFSError.self) { try AttributeName(name) }
            #expect(error?.code == .invalidArgument)
        }
        for text in ["=1", "a", "a.b=1", "a=0x1"] {
            let error = #expect(throws: HFSError.self) { try AttributeAssignment(text) }
            #expect(error?.code == .invalidArgument)
        }
        #expect(ExtendedAttribute.bytes(ofText: "0x00ff") == [0, 255])
        #expect(ExtendedAttribute.bytes(ofText: "0x0") == nil)
    }
}
