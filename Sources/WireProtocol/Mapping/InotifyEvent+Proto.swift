package import Core
internal import FoundationEssentials
package import SwiftProtobuf

extension Hadoop_Hdfs_EventProto {
    /// An event of HDFS's inotify with the message of its type.
    package init(_ type: Hadoop_Hdfs_EventType, _ contents: some Message) throws(HFSError) {
        self.init()
        self.type = type
        self.contents = Data(try MessageCoding.encode(contents))
    }
}
