print("hfs")
