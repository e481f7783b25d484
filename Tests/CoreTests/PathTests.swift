import Testing

@testable import Core

@Suite("Paths and names")
struct PathTests {
    @Test(
        "a path is taken apart and written again",
        arguments: [
            ("/", [], "/"), ("/a", ["a"], "/a"), ("/a/b", ["a", "b"], "/a/b"), ("/a/b/", ["a", "b"], "/a/b"),
            ("/é/日本", ["é", "日本"], "/é/日本"), ("/...", ["..."], "/..."), ("/a b/ c", ["a b", " c"], "/a b/ c"),
        ])
    func parsed(_ text: String, _ names: [String], _ written: String) throws {
        let path = try FilePath(text)
        #expect(path.components.map(\.description) == names)
        #expect(path.description == written)
        #expect(path.isRoot == names.isEmpty)
        #expect(path.count == names.count)
        #expect(FilePath(components: path.components) == path)
        for index in names.indices { #expect(path.component(index).description == names[index]) }
        for depth in 0...names.count {
            #expect(path.prefix(depth) == FilePath(components: path.components.prefix(depth)))
        }
        if let parent = path.parent, let name = path.name { #expect(parent.appending(name) == path) }
    }

    @Test(
        "what HDFS refuses is refused with its exception",
        arguments: [
            "", "a", "a/b", "//", "//a", "/a//b", "/.", "/..", "/a/../b", "/a/./b", "/a:b", "/a\0b", "/a//",
        ])
    func refused(_ text: String) {
        let error = #expect(throws: HFSError.self) { try FilePath(text) }
        #expect(error?.code == .invalidPath)
        #expect(error?.message == "Invalid path name Invalid file name: \(text)")
        #expect(error?.code.javaClass == "org.apache.hadoop.fs.InvalidPathException")
    }

    @Test("names are told apart and ordered by their bytes, not by how they look")
    func bytes() throws {
        let composed = try FilePath("/\u{E9}")
        let decomposed = try FilePath("/e\u{301}")
        #expect(composed != decomposed)
        let names = try ["/b", "/a", "/é", "/Z", "/aa"].map { try FilePath($0).components[0] }
        #expect(names.sorted().map(\.description) == ["Z", "a", "aa", "b", "é"])
    }

    @Test("a path contains itself and what lies below, and nothing that only begins alike")
    func contains() throws {
        let a = try FilePath("/a")
        #expect(a.contains(a))
        #expect(try a.contains(FilePath("/a/b/c")))
        #expect(try !a.contains(FilePath("/ab")))
        #expect(try !FilePath("/a/b").contains(a))
        #expect(FilePath.root.contains(a))
        #expect(a.parent == .root)
        #expect(FilePath.root.parent == nil)
    }
}
