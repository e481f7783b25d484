"""What a real NameNode answers, call by call: the class of the exception and how its text begins. Where hfs knowingly
answers otherwise, the case says so and why."""

import re
import socket
import struct
import time

import pytest
from wire import Rpc, RemoteError, delimited, message, parse, read_exactly, varint, zigzag

IO = "java.io.IOException"
NOT_FOUND = "java.io.FileNotFoundException"
EXISTS = "org.apache.hadoop.fs.FileAlreadyExistsException"
PARENT = "org.apache.hadoop.fs.ParentNotDirectoryException"
INVALID_PATH = "org.apache.hadoop.fs.InvalidPathException"
DENIED = "org.apache.hadoop.security.AccessControlException"
TOO_LONG = "org.apache.hadoop.hdfs.protocol.FSLimitException$PathComponentTooLongException"
ILLEGAL = "org.apache.hadoop.HadoopIllegalArgumentException"
CREATING = "org.apache.hadoop.hdfs.protocol.AlreadyBeingCreatedException"
LEASE = "org.apache.hadoop.hdfs.server.namenode.LeaseExpiredException"
NOT_EMPTY = "org.apache.hadoop.fs.PathIsNotEmptyDirectoryException"
NOT_A_DIRECTORY = "org.apache.hadoop.fs.PathIsNotDirectoryException"
SNAPSHOT = "org.apache.hadoop.hdfs.protocol.SnapshotException"
NS_QUOTA = "org.apache.hadoop.hdfs.protocol.NSQuotaExceededException"
DS_QUOTA = "org.apache.hadoop.hdfs.protocol.DSQuotaExceededException"
NO_METHOD = "org.apache.hadoop.ipc.RpcNoSuchMethodException"

MODE = message((1, 0o755))
BASE = "/oracle"


def create(path, client="cl", flag=1, parents=True, replication=1, block=1 << 27):
    return [(1, path), (2, message((1, 0o644))), (3, client), (4, flag), (5, parents), (6, replication), (7, block)]


def mkdirs(path, parents=True):
    return [(1, path), (2, MODE), (3, parents)]


def xattr(name, value=None):
    return message((1, 0), (2, name), (3, value))


@pytest.fixture(scope="module")
def root(cluster):
    rpc = Rpc(cluster.port, user=superuser(cluster))
    rpc.call("delete", (1, BASE), (2, True))
    rpc.call("mkdirs", *mkdirs(f"{BASE}/d/e"))
    rpc.call("create", *create(f"{BASE}/f"))
    assert rpc.call("complete", (1, f"{BASE}/f"), (2, "cl")).one(1) == 1
    rpc.call("create", *create(f"{BASE}/o"))
    yield rpc
    rpc.call("delete", (1, BASE), (2, True))
    rpc.close()


@pytest.fixture(scope="module")
def bob(cluster):
    rpc = Rpc(cluster.port, user="bob")
    yield rpc
    rpc.close()


def superuser(cluster):
    import getpass
    return getpass.getuser()


# name, method, fields, Java class, beginning of the text (a regular expression)
REFUSED = [
    ("relative path", "getFileInfo", [(1, "p/none")], INVALID_PATH, "Invalid path name Invalid file name: p/none"),
    ("empty path", "getFileInfo", [(1, "")], INVALID_PATH, "Invalid path name Invalid file name: "),
    ("dots", "getFileInfo", [(1, "/p/../q")], INVALID_PATH, "Invalid path name"),
    ("double slash", "getFileInfo", [(1, "//p//d")], INVALID_PATH, "Invalid path name"),
    ("colon", "getFileInfo", [(1, f"{BASE}/a:b")], INVALID_PATH, "Invalid path name"),
    ("mkdirs on a file", "mkdirs", mkdirs(f"{BASE}/f"), EXISTS, "Path is not a directory: /oracle/f"),
    # 2.7.3 answers FileAlreadyExistsException here, 3.x ParentNotDirectoryException; hfs answers as 3.x.
    ("mkdirs below a file", "mkdirs", mkdirs(f"{BASE}/f/x"), f"{PARENT}|{EXISTS}", "Parent path is not a directory: /oracle/f"),
    ("mkdirs without parent", "mkdirs", mkdirs(f"{BASE}/no/x", False), NOT_FOUND, "Parent directory doesn't exist: /oracle/no"),
    ("long name", "mkdirs", mkdirs(f"{BASE}/" + "x" * 256), TOO_LONG, ""),
    ("deep path", "mkdirs", mkdirs(BASE + "/x" * 1001), IO, r"mkdirs: Pathname too long\.  Limit 8000 characters, 1000 levels\."),
    ("long path", "mkdirs", mkdirs(BASE + "/xxxxxxxxxxxxxxxxx" * 450), IO, "mkdirs: Pathname too long"),
    ("reserved name", "mkdirs", mkdirs("/.reserved/x"), ILLEGAL, ""),
    ("snapshot name", "mkdirs", mkdirs(f"{BASE}/.snapshot/x"), ILLEGAL, ""),
    ("create existing", "create", create(f"{BASE}/f"), EXISTS, r"/oracle/f for client 127\.0\.0\.1 already exists"),
    ("create over a directory", "create", create(f"{BASE}/d"), EXISTS, "/oracle/d already exists as a directory"),
    ("overwrite a directory", "create", create(f"{BASE}/d", flag=3), EXISTS, "/oracle/d already exists as a directory"),
    ("create without parent", "create", create(f"{BASE}/no/x", parents=False), NOT_FOUND, "Parent directory doesn't exist: /oracle/no"),
    ("create below a file", "create", create(f"{BASE}/f/x"), f"{PARENT}|{EXISTS}", "Parent path is not a directory: /oracle/f"),
    ("small block", "create", create(f"{BASE}/x", block=100), IO, "Specified block size is less than configured minimum"),
    ("no copies", "create", create(f"{BASE}/x", replication=0), IO, ""),
    ("too many copies", "create", create(f"{BASE}/x", replication=600), IO, ""),
    ("overwrite what is missing", "create", create(f"{BASE}/ow", flag=2), NOT_FOUND, "Can't overwrite non-existent /oracle/ow"),
    ("create open file again", "create", create(f"{BASE}/o"), CREATING,
     r"Failed to CREATE_FILE /oracle/o for cl on 127\.0\.0\.1 because cl is already the current lease holder\."),
    ("create another's open file", "create", create(f"{BASE}/o", client="cl2"), CREATING,
     r"Failed to CREATE_FILE /oracle/o for cl2 on 127\.0\.0\.1 because this file lease is currently owned by cl on 127\.0\.0\.1"),
    ("addBlock of another's file", "addBlock", [(1, f"{BASE}/o"), (2, "zz")], LEASE, "(Lease mismatch on|Client \\(=zz\\))"),
    # 2.7.3 says LeaseExpiredException for a missing file, 3.x FileNotFoundException; hfs may say either.
    ("addBlock to nothing", "addBlock", [(1, f"{BASE}/none"), (2, "zz")], f"{LEASE}|{NOT_FOUND}", ".*File does not exist"),
    ("addBlock to a closed file", "addBlock", [(1, f"{BASE}/f"), (2, "cl")], LEASE, ".*File is not open for writing"),
    ("complete of another's file", "complete", [(1, f"{BASE}/o"), (2, "zz")], LEASE, "(Lease mismatch on|Client \\(=zz\\))"),
    ("complete of nothing", "complete", [(1, f"{BASE}/none"), (2, "zz")], f"{LEASE}|{NOT_FOUND}", ".*File does not exist"),
    ("append to nothing", "append", [(1, f"{BASE}/none"), (2, "cl"), (3, 4)], NOT_FOUND, ""),
    ("append to a directory", "append", [(1, f"{BASE}/d"), (2, "cl"), (3, 4)], EXISTS, "Cannot append to directory /oracle/d"),
    ("append to an open file", "append", [(1, f"{BASE}/o"), (2, "cl9"), (3, 4)], CREATING, "Failed to APPEND_FILE /oracle/o for cl9"),
    ("delete what is not empty", "delete", [(1, BASE), (2, False)], NOT_EMPTY, "`/oracle is non empty': Directory is not empty"),
    ("rename2 of nothing", "rename2", [(1, f"{BASE}/none"), (2, f"{BASE}/y"), (3, False)], NOT_FOUND, ""),
    ("rename2 onto a file", "rename2", [(1, f"{BASE}/f"), (2, f"{BASE}/o"), (3, False)], EXISTS, ""),
    ("rename2 file onto directory", "rename2", [(1, f"{BASE}/f"), (2, f"{BASE}/d"), (3, True)], IO, ""),
    ("rename2 onto its parent", "rename2", [(1, f"{BASE}/d/e"), (2, f"{BASE}/d"), (3, True)], IO, ""),
    ("rename2 without parent", "rename2", [(1, f"{BASE}/f"), (2, f"{BASE}/no/z"), (3, False)], NOT_FOUND, ""),
    ("rename2 below a file", "rename2", [(1, f"{BASE}/d"), (2, f"{BASE}/f/z"), (3, False)], PARENT, ""),
    ("rename2 into itself", "rename2", [(1, f"{BASE}/d"), (2, f"{BASE}/d/e/z"), (3, False)], IO, ""),
    ("rename2 to itself", "rename2", [(1, f"{BASE}/f"), (2, f"{BASE}/f"), (3, False)], EXISTS, "The source .*/f and destination .*/f are the same"),
    ("rename2 of the root", "rename2", [(1, "/"), (2, f"{BASE}/f2"), (3, False)], IO, ""),
    ("setPermission on nothing", "setPermission", [(1, f"{BASE}/none"), (2, MODE)], NOT_FOUND, ""),
    ("setTimes on nothing", "setTimes", [(1, f"{BASE}/none"), (2, 1), (3, 1)], NOT_FOUND, ""),
    ("blocks of nothing", "getBlockLocations", [(1, f"{BASE}/none"), (2, 0), (3, 10)], NOT_FOUND, "File does not exist: /oracle/none"),
    ("blocks of a directory", "getBlockLocations", [(1, f"{BASE}/d"), (2, 0), (3, 10)], NOT_FOUND, "Path is not a file: /oracle/d"),
    ("summary of nothing", "getContentSummary", [(1, f"{BASE}/none")], NOT_FOUND, ""),
    ("quota of a file", "setQuota", [(1, f"{BASE}/f"), (2, 5), (3, 5)], NOT_A_DIRECTORY, ""),
    ("xattr replaced that is missing", "setXAttr", [(1, f"{BASE}/f"), (2, xattr("yy", b"1")), (3, 2)], IO,
     "XAttr: yy does not exist. The CREATE flag must be specified"),
    ("snapshot not allowed", "createSnapshot", [(1, BASE), (2, "s")], SNAPSHOT, "Directory is not a snapshottable directory: /oracle"),
    ("unknown method", "frobnicate", [], NO_METHOD, r"Unknown method frobnicate called on .* protocol\."),
    ("a required field is missing", "getFileInfo", [], ".*UninitializedMessageException", ""),
]


@pytest.mark.parametrize("name, method, fields, java_class, text", REFUSED, ids=[r[0] for r in REFUSED])
def test_refusals(root, name, method, fields, java_class, text):
    with pytest.raises(RemoteError) as caught:
        root.call(method, *fields)
    assert re.fullmatch(java_class.replace("$", r"\$"), caught.value.java_class), caught.value
    assert re.match(text, caught.value.text), caught.value
    assert not caught.value.is_fatal


ANSWERED = [
    ("nothing there", "getFileInfo", [(1, f"{BASE}/none")], {}),
    ("below a file, superuser", "getFileInfo", [(1, f"{BASE}/f/x")], {}),
    ("mkdirs existing", "mkdirs", mkdirs(f"{BASE}/d"), {1: 1}),
    ("mkdirs root", "mkdirs", mkdirs("/"), {1: 1}),
    ("complete again", "complete", [(1, f"{BASE}/f"), (2, "cl")], {1: 1}),
    ("delete nothing", "delete", [(1, f"{BASE}/none"), (2, False)], {1: 0}),
    ("delete root", "delete", [(1, "/"), (2, True)], {1: 0}),
    ("rename nothing", "rename", [(1, f"{BASE}/none"), (2, f"{BASE}/y")], {1: 0}),
    ("rename onto a file", "rename", [(1, f"{BASE}/d"), (2, f"{BASE}/f")], {1: 0}),
    ("rename into itself", "rename", [(1, f"{BASE}/d"), (2, f"{BASE}/d/e/z")], {1: 0}),
    ("rename without parent", "rename", [(1, f"{BASE}/d"), (2, f"{BASE}/no/z")], {1: 0}),
    ("rename root", "rename", [(1, "/"), (2, f"{BASE}/f2")], {1: 0}),
    ("rename to itself", "rename", [(1, f"{BASE}/f"), (2, f"{BASE}/f")], {1: 1}),
    ("setReplication on nothing", "setReplication", [(1, f"{BASE}/none"), (2, 2)], {1: 0}),
    ("setReplication on a directory", "setReplication", [(1, f"{BASE}/d"), (2, 2)], {1: 0}),
    ("list nothing", "getListing", [(1, f"{BASE}/none"), (2, b""), (3, False)], {}),
    ("renewLease of nobody", "renewLease", [(1, "nobody")], {}),
    ("recoverLease of a closed file", "recoverLease", [(1, f"{BASE}/f"), (2, "clx")], {1: 1}),
    ("isFileClosed of an open file", "isFileClosed", [(1, f"{BASE}/o")], {1: 0}),
    ("encryption zone", "getEZForPath", [(1, BASE)], {}),
    ("data encryption key", "getDataEncryptionKey", [], {}),
]


@pytest.mark.parametrize("name, method, fields, expected", ANSWERED, ids=[a[0] for a in ANSWERED])
def test_answers(root, name, method, fields, expected):
    answer = root.call(method, *fields)
    assert {number: values[0] for number, values in answer.items()} == expected


def status(rpc, path):
    return rpc.call("getFileInfo", (1, path)).nested(1)


def test_a_trailing_slash_is_accepted(root):
    assert status(root, f"{BASE}/d/").one(1) == 1


def test_an_inode_path_leads_to_its_inode(root):
    inode = status(root, f"{BASE}/f").one(13)
    assert status(root, f"/.reserved/.inodes/{inode}").one(13) == inode


def test_renaming_onto_a_directory_moves_into_it(root):
    assert root.call("rename", (1, f"{BASE}/f"), (2, f"{BASE}/d")).one(1) == 1
    assert status(root, f"{BASE}/d/f") is not None
    assert root.call("rename", (1, f"{BASE}/d/f"), (2, f"{BASE}/f")).one(1) == 1


def test_listing_a_file_gives_one_entry_without_name(root):
    listing = root.call("getListing", (1, f"{BASE}/f"), (2, b""), (3, False)).nested(1)
    assert len(listing[1]) == 1 and parse(listing.one(1)).text(2) == ""
    empty = root.call("getListing", (1, f"{BASE}/d/e"), (2, b""), (3, False)).nested(1)
    assert 1 not in empty and empty.one(2) == 0


def test_attributes_are_created_once(root):
    root.call("setXAttr", (1, f"{BASE}/f"), (2, xattr("zz", b"1")), (3, 1))
    with pytest.raises(RemoteError, match="XAttr: zz already exists. The REPLACE flag must be specified."):
        root.call("setXAttr", (1, f"{BASE}/f"), (2, xattr("zz", b"1")), (3, 1))
    root.call("removeXAttr", (1, f"{BASE}/f"), (2, xattr("zz")))


def test_quotas_hold(root):
    root.call("mkdirs", *mkdirs(f"{BASE}/quota"))
    root.call("setQuota", (1, f"{BASE}/quota"), (2, 2), (3, (1 << 63) - 1))
    root.call("mkdirs", *mkdirs(f"{BASE}/quota/one"))
    with pytest.raises(RemoteError) as caught:
        root.call("mkdirs", *mkdirs(f"{BASE}/quota/two"))
    assert caught.value.java_class == NS_QUOTA
    root.call("setQuota", (1, f"{BASE}/quota"), (2, -1), (3, 1))
    root.call("create", *create(f"{BASE}/quota/f"))
    with pytest.raises(RemoteError) as caught:
        root.call("addBlock", (1, f"{BASE}/quota/f"), (2, "cl"))
    assert caught.value.java_class == DS_QUOTA


DENIALS = [
    ("look below a file", "getFileInfo", [(1, f"{BASE}/f/x")],
     r'Permission denied: user=bob, access=EXECUTE, inode="/oracle/f(/x)?":.*:-rw-r--r--'),
    ("mode of another's file", "setPermission", [(1, f"{BASE}/f"), (2, MODE)],
     r"Permission denied\. user=bob is not the owner of inode=(/oracle/)?f"),
    ("owner", "setOwner", [(1, f"{BASE}/f"), (2, "bob")], ""),
    ("make a directory", "mkdirs", mkdirs(f"{BASE}/bob"),
     r'Permission denied: user=bob, access=WRITE, inode="/oracle(/bob)?":.*:drwxr-xr-x'),
    ("create", "create", create(f"{BASE}/bob"), r"Permission denied: user=bob, access=WRITE"),
    ("check access", "checkAccess", [(1, BASE), (2, 7)], r"Permission denied: user=bob, access=ALL"),
    ("safemode", "setSafeMode", [(1, 2)], r"(Access|Permission) denied for user bob\. Superuser privilege is required"),
    ("quota", "setQuota", [(1, BASE), (2, 5), (3, 5)], r"(Access|Permission) denied for user bob\. Superuser privilege is required"),
]


@pytest.mark.parametrize("name, method, fields, text", DENIALS, ids=[d[0] for d in DENIALS])
def test_denials(root, bob, name, method, fields, text):
    with pytest.raises(RemoteError) as caught:
        bob.call(method, *fields)
    assert caught.value.java_class == DENIED
    assert re.match(text, caught.value.text), caught.value


def test_the_sticky_bit_protects_anothers_file(root, bob):
    root.call("mkdirs", *mkdirs(f"{BASE}/sticky"))
    root.call("setPermission", (1, f"{BASE}/sticky"), (2, message((1, 0o1777))))
    root.call("mkdirs", *mkdirs(f"{BASE}/sticky/a"))
    for method, fields in [("delete", [(1, f"{BASE}/sticky/a"), (2, True)]),
                           ("rename", [(1, f"{BASE}/sticky/a"), (2, f"{BASE}/sticky/b")])]:
        with pytest.raises(RemoteError, match="Permission denied by sticky bit( setting)?: user=bob"):
            bob.call(method, *fields)
    bob.call("mkdirs", *mkdirs(f"{BASE}/sticky/mine"))
    assert bob.call("delete", (1, f"{BASE}/sticky/mine"), (2, True)).one(1) == 1


def test_a_repeated_call_id_gets_the_first_answer(root):
    root.call("mkdirs", *mkdirs(f"{BASE}/once"))
    first = root.call("delete", (1, f"{BASE}/once"), (2, True), call_id=90_001)
    again = root.call("delete", (1, f"{BASE}/once"), (2, True), call_id=90_001, retry_count=1)
    assert first.one(1) == again.one(1) == 1
    assert root.call("delete", (1, f"{BASE}/once"), (2, True)).one(1) == 0


def test_unknown_protocols_and_versions(root):
    with pytest.raises(RemoteError) as caught:
        root.call("getFileInfo", (1, "/"), protocol="org.foo.Bar")
    assert (caught.value.java_class, caught.value.detail) == ("org.apache.hadoop.ipc.RpcNoSuchProtocolException", 3)
    with pytest.raises(RemoteError) as caught:
        root.call("getFileInfo", (1, "/"), version=7)
    assert (caught.value.java_class, caught.value.detail) == ("org.apache.hadoop.ipc.RPC$VersionMismatch", 6)
    with pytest.raises(RemoteError) as caught:
        root.call("frobnicate")
    assert caught.value.detail == 2


def test_calls_are_pipelined_on_one_connection(root):
    sent = {root.send_call("getFileInfo", message((1, f"{BASE}/d"))) for _ in range(200)}
    received = set()
    for _ in range(200):
        header, _ = root.receive()
        assert header.one(2) == 0
        received.add(header.one(1))
    assert received == sent


def test_a_ping_is_not_answered(root):
    root.send(delimited(root.header(-4, -1)))
    assert status(root, f"{BASE}/d").one(1) == 1


def test_headers_are_echoed(root):
    call = root.send_call("getServerDefaults", retry_count=3)
    header, _ = root.receive()
    assert (header.one(1), header.one(7), header.one(8)) == (call, root.client_id, zigzag(3))


def test_impersonation_is_refused(cluster):
    rpc = Rpc(cluster.port, user="alice", real_user="root")
    with pytest.raises((RemoteError, EOFError)) as caught:
        rpc.call("getFileInfo", (1, "/"))
    if isinstance(caught.value, RemoteError):
        assert caught.value.is_fatal and caught.value.detail == 15
        assert caught.value.text == "User: root is not allowed to impersonate alice"


def test_another_rpc_version_is_refused(cluster):
    rpc = Rpc(cluster.port, version=10, context=False)
    header, _ = rpc.receive()
    assert (header.one(1), header.one(2), header.one(3), header.one(6)) == (0xFFFFFFFF, 2, 9, 14)
    assert header.text(4) == "org.apache.hadoop.ipc.RPC$VersionMismatch"
    assert rpc.socket.recv(1) == b""


def test_sasl_negotiation_offers_simple(cluster):
    rpc = Rpc(cluster.port, auth=0xDF)
    rpc.send(delimited(rpc.header(-33, -1, client_id=b"")) + delimited(message((2, 1))))
    header, rest = rpc.receive()
    assert header.one(1) == 0xFFFFFFDF
    length, at = __import__("wire").read_varint(rest, 0)
    offer = parse(rest[at : at + length])
    assert offer.one(2) == 1
    assert "SIMPLE" in [parse(a).text(1) for a in offer[4]]
    rpc.send(delimited(rpc.header(-33, -1, client_id=b"")) + delimited(message((2, 2), (4, message((1, "SIMPLE"), (2, ""))))))
    rpc.send_context("root")
    assert status(rpc, "/").one(1) == 1


def test_a_browser_is_told_where_it_is(cluster):
    with socket.create_connection(("127.0.0.1", cluster.port), timeout=10) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert b"HTTP request to a Hadoop IPC port" in sock.recv(4096)


def test_safemode_refuses_changes_and_serves_reads(fresh_cluster):
    rpc = Rpc(fresh_cluster.port, user=superuser(fresh_cluster))
    rpc.socket.settimeout(90)
    assert rpc.call("setSafeMode", (1, 2)).one(1) == 1
    assert status(rpc, "/tmp").one(1) == 1
    with pytest.raises(RemoteError) as caught:
        rpc.call("mkdirs", *mkdirs("/sm"))
    assert caught.value.java_class == "org.apache.hadoop.hdfs.server.namenode.SafeModeException"
    assert re.match(r"Cannot create directory /sm\. Name node is in safe mode\.", caught.value.text)
    assert rpc.call("setSafeMode", (1, 1)).one(1) == 0
    assert rpc.call("mkdirs", *mkdirs("/sm")).one(1) == 1
