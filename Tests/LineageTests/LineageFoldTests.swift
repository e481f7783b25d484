import Core
import Lineage
import LineageTesting
import Testing

@Suite("Lineage fold")
struct LineageFoldTests {
    private let prepare = RunID(1)
    private let train = RunID(2)
    private let other = RunID(3)

    @Test("a model depends on its training set, and through it on the CSV")
    func chain() throws {
        var feed = Feed()
        feed.write("/Projects/demo/Resources/raw.csv")
        feed.run = prepare
        feed.read("/Projects/demo/Resources/raw.csv")
        feed.write("/Projects/demo/TrainingDatasets/digits/part-0")
        feed.write("/Projects/demo/TrainingDatasets/digits/part-1")
        feed.run = train
        feed.read("/Projects/demo/TrainingDatasets/digits/part-0")
        feed.write("/Projects/demo/Models/digits/1/model.bin")
        let csv = feed["/Projects/demo/Resources/raw.csv"]
        let dataset = feed["/Projects/demo/TrainingDatasets/digits"]
        let model = feed["/Projects/demo/Models/digits/1"]
        let graph = try GraphView(feed.entries)
        let expected: Set = [ArtifactVersion(dataset, 1), ArtifactVersion(csv, 1)]
        #expect(graph.upstream(of: ArtifactVersion(model, 1)) == expected)
        #expect(graph.current(dataset).version == 1, "two files by one run are one version")
    }

    @Test("an output depends on the reads before its close, not on later ones")
    func order() throws {
        var feed = Feed()
        feed.write("/a")
        feed.write("/b")
        feed.run = train
        feed.read("/a")
        feed.write("/x")
        feed.read("/b")
        feed.write("/y")
        let graph = try GraphView(feed.entries)
        #expect(graph.inputs(of: graph.current(feed["/x"])) == [graph.current(feed["/a"])])
        #expect(
            graph.inputs(of: graph.current(feed["/y"])) == [graph.current(feed["/a"]), graph.current(feed["/b"])])
    }

    @Test("a run that reads and rewrites one file makes no cycle")
    func rewrite() throws {
        var feed = Feed()
        feed.write("/a")
        feed.run = train
        feed.read("/a")
        feed.close("/a")
        let graph = try GraphView(feed.entries)
        let inode = feed["/a"]
        #expect(graph.inputs(of: ArtifactVersion(inode, 2)) == [ArtifactVersion(inode, 1)])
        #expect(graph.inputs(of: ArtifactVersion(inode, 1)).isEmpty)
    }

    @Test("an artifact's version advances when another run changes something below it")
    func advance() throws {
        var feed = Feed()
        let path = "/Projects/demo/TrainingDatasets/digits"
        feed.run = prepare
        feed.write("\(path)/part-0")
        feed.write("\(path)/part-1")
        let dataset = feed[path]
        #expect(try GraphView(feed.entries).current(dataset).version == 1)
        feed.run = other
        feed.delete("\(path)/part-1")
        feed.write("\(path)/part-2")
        #expect(try GraphView(feed.entries).current(dataset).version == 2)
        feed.run = nil
        feed.rename("\(path)/part-2", "\(path)/part-3")
        let graph = try GraphView(feed.entries)
        #expect(graph.current(dataset).version == 3)
        #expect(graph.graph.versions[ArtifactVersion(dataset, 3)]?.maker.agent == "ada@10.0.0.1")
        #expect(graph.inputs(of: ArtifactVersion(dataset, 3)) == [ArtifactVersion(dataset, 2)])
    }

    @Test("one script that makes a training set and then trains on it links both")
    func sameRun() throws {
        var feed = Feed()
        feed.write("/raw.csv")
        feed.run = train
        feed.read("/raw.csv")
        feed.write("/Projects/p/TrainingDatasets/t/a")
        feed.read("/Projects/p/TrainingDatasets/t/a")
        feed.write("/Projects/p/Models/m/1/weights")
        let graph = try GraphView(feed.entries)
        let dataset = graph.current(feed["/Projects/p/TrainingDatasets/t"])
        #expect(graph.inputs(of: graph.current(feed["/Projects/p/Models/m/1"])).contains(dataset))
        #expect(dataset.version == 1)
        #expect(graph.inputs(of: dataset) == [graph.current(feed["/raw.csv"])])
    }

    @Test("what overwrites a directory replaces it, and the files in it those of the old one")
    func sparkOverwrite() throws {
        var feed = Feed()
        feed.run = prepare
        feed.write("/out/part-0")
        let (oldDirectory, oldFile) = (feed["/out"], feed["/out/part-0"])
        feed.run = other
        feed.delete("/out")
        feed.mkdir("/out/_temporary/0")
        feed.write("/out/_temporary/0/part-0")
        feed.rename("/out/_temporary/0/part-0", "/out/part-0")
        feed.delete("/out/_temporary")
        let graph = try GraphView(feed.entries)
        #expect(graph.graph.entries[feed["/out"]]?.replaces == oldDirectory)
        #expect(graph.graph.entries[feed["/out/part-0"]]?.replaces == oldFile)
        #expect(graph.graph.entries[oldFile]?.replacedBy == feed["/out/part-0"])
        #expect(!graph.isLive(oldFile) && graph.isLive(feed["/out/part-0"]))
    }

    @Test("put -f through a temporary name replaces what it overwrites")
    func putForced() throws {
        var feed = Feed()
        feed.write("/x")
        let old = feed["/x"]
        feed.write("/x._COPYING_")
        feed.delete("/x")
        feed.rename("/x._COPYING_", "/x")
        let graph = try GraphView(feed.entries)
        #expect(graph.graph.entries[feed["/x"]]?.replaces == old)
    }

    @Test("a renamed ancestor keeps every identity")
    func renamedProject() throws {
        var feed = Feed()
        feed.run = train
        feed.write("/Projects/demo/Models/m/1/weights")
        let model = feed["/Projects/demo/Models/m/1"]
        feed.run = nil
        feed.rename("/Projects/demo", "/Projects/final")
        feed.run = other
        feed.read("/Projects/final/Models/m/1/weights")
        feed.write("/scores")
        let graph = try GraphView(feed.entries)
        #expect(graph.path(model) == "/Projects/final/Models/m/1")
        #expect(graph.inputs(of: graph.current(feed["/scores"])) == [ArtifactVersion(model, 1)])
    }

    @Test("a directory that is moved into place becomes an artifact with its content", arguments: [true, false])
    func adopted(_ isSameRun: Bool) throws {
        var feed = Feed()
        feed.write("/raw")
        feed.run = train
        feed.read("/raw")
        feed.write("/tmp/staging/weights")
        let file = feed["/tmp/staging/weights"]
        feed.run = isSameRun ? train : nil
        feed.mkdir("/Projects/p/Models/m")
        feed.rename("/tmp/staging", "/Projects/p/Models/m/1")
        let graph = try GraphView(feed.entries)
        let model = graph.current(feed["/Projects/p/Models/m/1"])
        #expect(model.version == 1)
        #expect(graph.upstream(of: model).contains(graph.current(feed["/raw"])))
        #expect(graph.graph.versions[ArtifactVersion(file, 1)]?.owner == model)
    }

    @Test("a buffered read that is told after an overwrite names the content that was seen")
    func lateRead() throws {
        var feed = Feed()
        feed.write("/a")
        let seen = feed.seen("/a")
        feed.close("/a")
        feed.run = train
        feed.read("/a", seen)
        feed.write("/x")
        let graph = try GraphView(feed.entries)
        #expect(graph.inputs(of: graph.current(feed["/x"])) == [ArtifactVersion(feed["/a"], 1)])
    }

    @Test("files from before the feed are version 1 by nobody, under the path that they were told with")
    func beforeTheFeed() throws {
        var feed = Feed()
        feed.write("/old/data/a")
        var tail = Array(feed.entries.dropFirst(feed.entries.count))
        let before = feed.entries.count
        feed.run = train
        feed.read("/old/data/a")
        feed.write("/x")
        feed.run = nil
        feed.rename("/old", "/new")
        tail += feed.entries.dropFirst(before)
        let graph = try GraphView(tail)
        let inode = feed["/new/data/a"]
        #expect(graph.path(inode) == "/new/data/a")
        #expect(graph.inputs(of: graph.current(feed["/x"])) == [ArtifactVersion(inode, 1)])
        #expect(graph.graph.versions[ArtifactVersion(inode, 1)]?.maker == .unknown)
    }
}
