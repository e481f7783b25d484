import Core
import Testing

@testable import MLRuntime

@Suite("Names of models")
struct ModelReferenceTests {
    @Test("a model, one of its versions, one of its aliases")
    func parts() throws {
        #expect(try ModelReference(parsing: "digits") == ModelReference("digits", nil))
        #expect(try ModelReference(parsing: "digits/3") == ModelReference("digits", .number(3)))
        #expect(try ModelReference(parsing: "digits/production-2") == ModelReference("digits", .alias("production-2")))
    }

    @Test(
        "what names nothing",
        arguments: ["digits/", "digits/0", "digits/1.5", "digits/-1", "digits/_a", "a/b/c", "d/a b"])
    func wrong(text: String) {
        let error = #expect(throws: HFSError.self) { try ModelReference(parsing: text) }
        #expect(error?.code == .invalidArgument)
    }

    @Test(
        "what is no name of a model",
        arguments: ["", ".", "..", ".export-1", "a/b", String(repeating: "x", count: 201)])
    func names(text: String) throws {
        let paths = try ModelPaths(project: "demo")
        #expect(throws: HFSError.self) { try paths.model(text) }
        #expect(throws: HFSError.self) { try ModelPaths(project: text) }
        #expect(try paths.version("digits", 3) == "/Projects/demo/Models/digits/3")
    }
}
