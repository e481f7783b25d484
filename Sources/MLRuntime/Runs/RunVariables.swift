package import Client
import Core

/// The environment by which any HDFS client acts in a run's name.
package enum RunVariables {
    package static func values(_ started: HFSFileSystem.StartedRun, _ folder: RunFolder, uri: String) -> [String:
        String]
    {
        [
            "HADOOP_TOKEN_FILE_LOCATION": folder.tokenFile, "HADOOP_CONF_DIR": folder.configuration,
            "HADOOP_USER_NAME": started.run.user, "HFS_USER": started.run.user, "HFS_URI": uri,
            "HFS_RUN": "\(started.run.id)", "HFS_RUN_USER": "\(started.run.user)@@\(started.run.id)",
            "HFS_CALLER_CONTEXT": RunText.callerContext(started.run.id),
        ]
    }
}
