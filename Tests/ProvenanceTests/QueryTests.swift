import Core
import Lineage
import LineageTesting
import Testing

@testable import Provenance

@Suite("Provenance queries")
struct QueryTests {
    private let prepare = RunID(1)
    private let train = RunID(2)

    /// CSV -> training set -> model, by two runs.
    private func chain() -> Feed {
        var feed = Feed()
        feed.write("/Projects/demo/Resources/raw.csv")
        feed.run = prepare
        feed.tell(.runStarted, InodeID(1), "", .text("prepare digits\nkind=job\ncommand=python prepare.py"))
        feed.read("/Projects/demo/Resources/raw.csv")
        feed.write("/Projects/demo/TrainingDatasets/digits/part-0")
        feed.run = train
        feed.tell(.runStarted, InodeID(2), "", .text("train digits\nparent=run-1"))
        feed.read("/Projects/demo/TrainingDatasets/digits/part-0")
        feed.write("/Projects/demo/Models/digits/1/model.bin")
        feed.tell(.runEnded, InodeID(2), "", .text("failed 3"))
        feed.run = nil
        return feed
    }

    private func ask(_ feed: Feed, _ query: LineageQuery) async throws -> LineageAnswer {
        let folder = TemporaryFolder()
        let store = try GraphStore(path: folder.file("graph.db"))
        _ = try await store.take(feed.entries, next: LSN(feed.lsn + 1))
        let answer = try await store.answer(query)
        try await store.close()
        return answer
    }

    @Test("upstream and downstream through a renamed project, an overwritten training set and a deleted CSV")
    func chainSurvives() async throws {
        var feed = chain()
        feed.rename("/Projects/demo", "/Projects/final")
        feed.delete("/Projects/final/TrainingDatasets/digits")
        feed.write("/Projects/final/TrainingDatasets/digits/part-0")
        feed.delete("/Projects/final/Resources/raw.csv")

        let up = try await ask(feed, .upstream(path: "/Projects/final/Models/digits/1", depth: nil))
        #expect(
            up.nodes.map(\.path) == [
                "/Projects/final/Models/digits/1", "/Projects/final/TrainingDatasets/digits",
                "/Projects/final/Resources/raw.csv",
            ])
        #expect(up.nodes.map(\.state) == [.live, .replaced, .deleted])
        #expect(up.nodes.map(\.kind) == [.model, .trainingDataset, nil])
        #expect(up.runs.map(\.name) == ["prepare digits", "train digits"])
        #expect(up.runs.map(\.outcome) == [.running, .failed] && up.runs[1].exitCode == 3)
        #expect(up.runs[1].parent == prepare && up.runs[0].command == "python prepare.py")

        let down = try await ask(feed, .downstream(path: "/Projects/final/Resources/raw.csv", depth: nil))
        #expect(down.nodes.contains { $0.path == "/Projects/final/Models/digits/1" && $0.depth == 2 })
        let near = try await ask(feed, .downstream(path: "/Projects/final/Resources/raw.csv", depth: 1))
        #expect(!near.nodes.contains { $0.kind == .model })
    }

    @Test("models from a training set, also after it was replaced; and from a file of it")
    func modelsFrom() async throws {
        var feed = chain()
        feed.delete("/Projects/demo/TrainingDatasets/digits")
        feed.write("/Projects/demo/TrainingDatasets/digits/part-0")
        for path in ["/Projects/demo/TrainingDatasets/digits", "/Projects/demo/Resources/raw.csv"] {
            let answer = try await ask(feed, .derived(.model, path: path))
            #expect(answer.nodes.map(\.path) == ["/Projects/demo/Models/digits/1"])
            #expect(answer.runs.map(\.id) == [train])
        }
    }

    @Test("a plain directory stands for what it holds")
    func plainDirectory() async throws {
        let answer = try await ask(chain(), .downstream(path: "/Projects/demo/Resources", depth: nil))
        #expect(answer.nodes.contains { $0.kind == .model })
    }

    @Test("history lists the versions of a name, those that were replaced included, newest first")
    func history() async throws {
        var feed = Feed()
        feed.write("/a")
        feed.close("/a")
        let old = feed["/a"]
        feed.write("/a")
        let answer = try await ask(feed, .history(path: "/a"))
        #expect(
            answer.nodes.map(\.id) == [
                ArtifactVersion(feed["/a"], 1), ArtifactVersion(old, 2), ArtifactVersion(old, 1),
            ])
        #expect(answer.nodes.map(\.state) == [.live, .replaced, .replaced])
        #expect(answer.nodes[0].maker.agent == "ada@10.0.0.1")
    }

    @Test("the history of an artifact's name is that of its numbered versions, and its graph is theirs")
    func publishedHistory() async throws {
        var feed = Feed()
        for number in 1...2 {
            feed.run = RunID(UInt64(number))
            feed.write("/Projects/demo/staging/model.bin")
            feed.mkdir("/Projects/demo/Models/digits")
            feed.rename("/Projects/demo/staging", "/Projects/demo/Models/digits/\(number)")
        }
        let answer = try await ask(feed, .history(path: "/Projects/demo/Models/digits"))
        #expect(answer.nodes.map(\.path) == ["/Projects/demo/Models/digits/2", "/Projects/demo/Models/digits/1"])
        #expect(answer.nodes.map(\.maker.run) == [RunID(2), RunID(1)])
        let up = try await ask(feed, .upstream(path: "/Projects/demo/Models/digits", depth: nil))
        #expect(Set(up.nodes.map(\.id)) == Set(answer.nodes.map(\.id)))
    }

    @Test("a file that was renamed into place has the versions that it had, and no other")
    func noPhantom() async throws {
        var feed = Feed()
        feed.write("/a._COPYING_")
        feed.rename("/a._COPYING_", "/a")
        let answer = try await ask(feed, .downstream(path: "/a", depth: nil))
        #expect(answer.nodes.map(\.id) == [ArtifactVersion(feed["/a"], 1)])
        #expect(answer.nodes.map(\.state) == [.live])
    }

    @Test("a run's footprint, file by file")
    func footprint() async throws {
        var feed = Feed()
        for path in ["/asked", "/in", "/old", "/gone"] { feed.write(path) }
        feed.run = train
        feed.open("/asked")
        feed.open("/in")
        feed.read("/in")
        feed.write("/new")
        feed.write("/tmp/x")
        feed.delete("/tmp")
        feed.write("/old")
        feed.delete("/gone")
        let answer = try await ask(feed, .footprint(train))
        let roles = Dictionary(uniqueKeysWithValues: answer.nodes.map { ($0.path ?? "", $0.role) })
        #expect(
            roles == [
                "/in": "read", "/asked": "opened", "/new": "added", "/tmp/x": "temporary", "/old": "modified",
                "/gone": "removed",
            ])
        #expect(answer.nodes.prefix(2).map(\.role) == ["read", "opened"])
    }

    @Test("readers, what nobody reads, differences and search")
    func lists() async throws {
        let feed = chain()
        let readers = try await ask(feed, .readers(path: "/Projects/demo/TrainingDatasets/digits/part-0"))
        #expect(readers.runs.map(\.id) == [train])
        #expect(try await ask(feed, .unread(sinceMs: 0)).nodes.isEmpty)
        let late = try await ask(feed, .unread(sinceMs: Int64(feed.lsn) * 1000))
        #expect(late.nodes.map(\.kind).contains(.model))
        let difference = try await ask(feed, .difference(prepare, train))
        #expect(difference.nodes.count == 4 && difference.nodes[0].role == "first input")
        #expect(try await ask(feed, .search("digi")).nodes.contains { $0.kind == .model })
        #expect(try await ask(feed, .search("prepare.py")).runs.map(\.id) == [prepare])
        #expect(try await ask(feed, .search("\"*(")).nodes.isEmpty)
    }

    @Test("nothing is made up: an unknown path or run is an error")
    func unknown() async throws {
        for query in [LineageQuery.history(path: "/none"), .footprint(RunID(99))] {
            do {
                _ = try await ask(chain(), query)
                Issue.record("\(query) was answered")
            } catch let error as HFSError {
                #expect(error.code == .fileNotFound)
            }
        }
    }
}
