import Core
import MetaStore

/// What cursors of the event feed may be called, whose they are, and how many there may be: each holds a part of the log.
enum CursorRules {
    static let nameBytesMax = 128
    /// In all, and of one user who is no superuser.
    static let cursorsMax = 256
    static let cursorsPerUserMax = 16

    static func checkName(_ name: String) throws(HFSError) {
        let isGood = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isGood, !name.isEmpty, name.utf8.count <= nameBytesMax else {
            throw HFSError(
                .invalidArgument,
                "A cursor's name has 1 to \(nameBytesMax) letters, digits, dots, hyphens and underscores")
        }
    }

    static func requireOwner(_ row: CursorRow, _ name: String, _ caller: Caller) throws(PlanInterrupt) {
        guard caller.isSuperuser || caller.user == row.owner else {
            throw refusal(.accessDenied, "The cursor \(name) is \(row.owner)'s, not \(caller.user)'s")
        }
    }

    static func checkRoom(for caller: Caller, _ view: any MetadataView) throws(PlanInterrupt) {
        let all = try view.cursors()
        guard all.count < cursorsMax else {
            throw refusal(.invalidArgument, "There are \(all.count) cursors already: remove one that nobody uses")
        }
        guard !caller.isSuperuser else { return }
        guard all.count(where: { $0.row.owner == caller.user }) < cursorsPerUserMax else {
            throw refusal(
                .invalidArgument, "\(caller.user) has \(cursorsPerUserMax) cursors already: remove one that is not used"
            )
        }
    }
}
