import Core

extension Feed {
    /// Everything that users do, at random: the same for the same seed.
    package init(random seed: UInt64, steps: Int) {
        self.init()
        var random = SplitMix(seed)
        for path in Self.startingDirectories { mkdir(path) }
        for _ in 0..<steps { step(&random) }
    }

    private static let startingDirectories = [
        "/tmp/a", "/tmp/b", "/Projects/p/Resources", "/Projects/p/Models/m", "/Projects/p/Models/m/1",
        "/Projects/p/TrainingDatasets/t", "/Projects/p/TrainingDatasets/u", "/data/in",
    ]

    private mutating func step(_ random: inout SplitMix) {
        run = random.below(5) == 0 ? nil : RunID(UInt64(1 + random.below(4)))
        let directory = directories.sorted().filter { $0 != "/" && $0 != "/Projects" }
        let place = directory[random.below(directory.count)]
        let name = "\(place)/f\(random.below(4))"
        let closed = closedFiles
        let some = closed.isEmpty ? nil : closed[random.below(closed.count)]
        switch random.below(20) {
        case 0..<6: if !directories.contains(name) { write(name) }
        case 6..<13: if let some { read(some) }
        case 13: if let some { close(some) }
        case 14: if let some { delete(some) }
        case 15, 16:
            guard let some, !directories.contains(name), some != name else { return }
            rename(some, name)
        case 17:
            let target = "\(place)/d\(random.below(3))"
            mkdir(target)
            if random.below(3) == 0 { mark(target, "model") }
        case 18:
            let to = directory[random.below(directory.count)] + "/m\(random.below(100))"
            guard place.split(separator: "/").count > 2, to != place, !to.hasPrefix(place + "/"), inodes[to] == nil
            else { return }
            rename(place, to)
        default:
            guard let some, run != nil else { return }
            let seen = seen(some)
            close(some)
            run = RunID(5)
            read(some, seen)
        }
    }
}
