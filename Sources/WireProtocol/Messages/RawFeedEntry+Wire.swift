package import Core

/// Event, as the feed's readers get it: from the bytes of the log to those of the answer.
extension RawFeedEntry: WireEncodable {
    package var encodedSize: Int {
        var size = WireSize.uint(1, lsn) + WireSize.uint(2, UInt64(index))
        size += WireSize.uint(3, UInt64(bitPattern: timeMs)) + WireSize.delimited(4, user.count)
        if let run { size += WireSize.uint(5, run.rawValue) }
        if !address.isEmpty { size += WireSize.delimited(6, address.count) }
        if !callerContext.isEmpty { size += WireSize.delimited(7, callerContext.count) }
        size += WireSize.uint(8, UInt64(event.kind)) + WireSize.uint(9, event.inode)
        if event.parent != 0 { size += WireSize.uint(10, event.parent) }
        size += WireSize.delimited(11, event.path.count)
        if event.isDirectory { size += WireSize.bool(12) }
        switch event.change {
        case .none: break
        case .text(let text): size += WireSize.delimited(13, text.count)
        case .content: size += WireSize.delimited(14, event.change.size)
        case .moved: size += WireSize.delimited(15, event.change.size)
        case .attribute: size += WireSize.delimited(16, event.change.size)
        }
        return size
    }

    package func encode(to writer: inout WireWriter) {
        writer.uint(1, lsn)
        writer.uint(2, UInt64(index))
        writer.uint(3, UInt64(bitPattern: timeMs))
        writer.rawBytes(4, user)
        if let run { writer.uint(5, run.rawValue) }
        if !address.isEmpty { writer.rawBytes(6, address) }
        if !callerContext.isEmpty { writer.rawBytes(7, callerContext) }
        writer.uint(8, UInt64(event.kind))
        writer.uint(9, event.inode)
        if event.parent != 0 { writer.uint(10, event.parent) }
        writer.rawBytes(11, event.path)
        if event.isDirectory { writer.bool(12, true) }
        switch event.change {
        case .none: break
        case .text(let text): writer.rawBytes(13, text)
        case .content(let length, let modifiedMs, let checksum):
            writer.header(14, count: event.change.size)
            writer.uint(1, length)
            writer.uint(2, UInt64(bitPattern: modifiedMs))
            if let checksum { writer.uint(3, UInt64(checksum)) }
        case .moved(let parent, let path):
            writer.header(15, count: event.change.size)
            writer.uint(1, parent)
            writer.rawBytes(2, path)
        case .attribute(let name, let old, let new):
            writer.header(16, count: event.change.size)
            writer.rawBytes(1, name)
            if let old { writer.rawBytes(2, old) }
            if let new { writer.rawBytes(3, new) }
        }
    }
}

extension RawEvent.Change {
    /// Of the embedded message that it is on the wire; a text is none.
    fileprivate var size: Int {
        switch self {
        case .none, .text: 0
        case .content(let length, let modifiedMs, let checksum):
            WireSize.uint(1, length) + WireSize.uint(2, UInt64(bitPattern: modifiedMs))
                + (checksum.map { WireSize.uint(3, UInt64($0)) } ?? 0)
        case .moved(let parent, let path): WireSize.uint(1, parent) + WireSize.delimited(2, path.count)
        case .attribute(let name, let old, let new):
            WireSize.delimited(1, name.count) + (old.map { WireSize.delimited(2, $0.count) } ?? 0)
                + (new.map { WireSize.delimited(3, $0.count) } ?? 0)
        }
    }
}
