/// The kind of device behind a volume, with HDFS's numbers.
public enum StorageKind: UInt8, Sendable { case disk = 1, ssd = 2, archive = 3, ramDisk = 4 }
