"""HDFS's event stream as Hadoop's own client gives it: HdfsAdmin.getInotifyEventStream over getEditsFromTxid."""


def test_changes_arrive_in_their_order(hadoop, folder):
    path, moved = f"{folder}/f", f"{folder}/g"
    hadoop("events-begin")
    hadoop("-mkdir", f"{folder}/d")
    hadoop("open", path, 2)
    hadoop("write", path, 3, 1000)
    hadoop("close", path)
    hadoop("reopen", path)
    hadoop("write", path, 3, 500)
    hadoop("close", path)
    hadoop("-chmod", "640", path)
    hadoop("-setfattr", "-n", "user.color", "-v", "blue", path)
    hadoop("-setfattr", "-x", "user.color", path)
    hadoop("-mv", path, moved)
    hadoop("-rm", "-skipTrash", moved)
    told = [line.split(" ", 1) for line in hadoop("events", folder, 10).lines]
    assert [event for _, event in told] == [
        f"CREATE {folder}/d DIRECTORY rwxr-xr-x 0 false",
        f"CREATE {path} FILE rw-r--r-- 2 false",
        f"CLOSE {path} 1000",
        f"APPEND {path}",
        f"CLOSE {path} 1500",
        f"METADATA {path} PERMS rw-r-----",
        f"METADATA {path} XATTRS color",
        f"METADATA {path} XATTRS color removed",
        f"RENAME {path} {moved}",
        f"UNLINK {moved}"]
    transactions = [int(transaction) for transaction, _ in told]
    assert transactions == sorted(transactions)


def test_a_client_that_begins_later_is_told_only_what_comes(hadoop, folder):
    hadoop("-touchz", f"{folder}/before")
    hadoop("events-begin")
    hadoop("-touchz", f"{folder}/after")
    told = [line.split(" ")[1:3] for line in hadoop("events", folder, 2).lines]
    assert told == [["CREATE", f"{folder}/after"], ["CLOSE", f"{folder}/after"]]


def test_who_is_no_superuser_gets_no_stream(hadoop, folder):
    hadoop("events-begin", user="nobody-special", code=255, error="AccessControlException")
