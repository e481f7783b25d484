package import Core

extension MetricPoint {
    package init(_ proto: Hfs_Filesystem_MetricPoint) {
        self.init(step: Int(clamping: proto.step), value: proto.value)
    }

    package var proto: Hfs_Filesystem_MetricPoint {
        var proto = Hfs_Filesystem_MetricPoint()
        proto.step = Int64(step)
        proto.value = value
        return proto
    }
}

extension AttemptReport {
    package init(_ proto: Hfs_Filesystem_AttemptReport) {
        self.init(
            run: RunID(proto.run), experiment: InodeID(proto.experiment), count: proto.count,
            points: proto.points.map { MetricPoint($0) })
    }

    package var proto: Hfs_Filesystem_AttemptReport {
        var proto = Hfs_Filesystem_AttemptReport()
        proto.run = run.rawValue
        proto.experiment = experiment.rawValue
        proto.count = count
        proto.points = points.map(\.proto)
        return proto
    }
}

extension AttemptOrder {
    package init(_ proto: Hfs_Filesystem_AttemptOrder) {
        self.init(run: RunID(proto.run), kind: proto.isFenced ? .fenced : .stop(proto.stop))
    }

    package var proto: Hfs_Filesystem_AttemptOrder {
        var proto = Hfs_Filesystem_AttemptOrder()
        proto.run = run.rawValue
        switch kind {
        case .fenced: proto.isFenced = true
        case .stop(let reason):
            proto.isFenced = false
            proto.stop = reason
        }
        return proto
    }
}

extension AttemptNews {
    package init(_ proto: Hfs_Filesystem_AttemptNews) {
        self.init(
            run: RunID(proto.run), count: proto.count, points: proto.points.map { MetricPoint($0) },
            isSilent: proto.isSilent)
    }

    package var proto: Hfs_Filesystem_AttemptNews {
        var proto = Hfs_Filesystem_AttemptNews()
        proto.run = run.rawValue
        proto.count = count
        proto.points = points.map(\.proto)
        proto.isSilent = isSilent
        return proto
    }
}
