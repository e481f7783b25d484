/// Bytes written as hexadecimal text; blanks do not count.
func hex(_ text: String) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// Frames captured from Hadoop 3.4.1's client and the servers it talked to.
enum Captured {
    static let preface = "68727063090000"
    static let context = """
        0000005b21080210001805221001108d75b58f4dbcb69e7dc5b86f3b1728013a050a03434c493812060a04726f6f741a2e6f72672e6170616368652e\
        6861646f6f702e686466732e70726f746f636f6c2e436c69656e7450726f746f636f6c
        """
    static let getFileInfo = """
        0000006921080210001800221001108d75b58f4dbcb69e7dc5b86f3b1728003a050a03434c493f0a0b67657446696c65496e666f122e6f72672e6170\
        616368652e6861646f6f702e686466732e70726f746f636f6c2e436c69656e7450726f746f636f6c1801060a042f612f62
        """
    static let getListing = """
        0000006c21080210001802221001108d75b58f4dbcb69e7dc5b86f3b1728003a050a03434c493e0a0a6765744c697374696e67122e6f72672e617061\
        6368652e6861646f6f702e686466732e70726f746f636f6c2e436c69656e7450726f746f636f6c18010a0a042f612f6212001800
        """
    static let fileInfoBody = """
        0a33080112001800220308ed032a04726f6f74320a737570657267726f757038a8e086d99f34400050005800688380017001800100
        """
    static let clientProtocol = "org.apache.hadoop.hdfs.protocol.ClientProtocol"
}
