/// Projects full of artifacts. The scores of each project are 0 to `artifactsEach - 1`, in an order of its own.
struct ArtifactLayout: Sendable {
    /// What the projects' names begin with: each run has its own.
    let name: String
    let projects: Int
    let artifactsEach: Int

    var artifacts: Int { projects * artifactsEach }

    func project(_ index: Int) -> String { "/Projects/\(name)-\(index)" }
    func renamed(_ index: Int) -> String { "/Projects/\(name)-renamed-\(index)" }
    func artifact(_ project: Int, _ index: Int) -> String { "\(self.project(project))/Models/model-\(index)" }

    func score(project: Int, artifact: Int) -> Int { (artifact * Self.stride + project * 31) % artifactsEach }

    /// A prime: multiples of it visit every score once, unless there are as many artifacts.
    private static let stride = 7919
}
