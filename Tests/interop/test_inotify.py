"""HDFS's inotify over the raw protocol: getCurrentEditLogTxid, getEditsFromTxid. A transaction id is an LSN."""

import pytest
from wire import RemoteError, Rpc, message, parse

CREATE, CLOSE, APPEND, RENAME, METADATA, UNLINK = range(6)
TIMES, REPLICATION, OWNER, PERMS, ACLS, XATTRS = range(6)


def path_of(kind, event):
    return event.text(2 if kind == CREATE else 1)


def batches(rpc, txid):
    """What HDFS's client does: all batches from `txid` on, until nothing new comes."""
    found, last = [], txid - 1
    while True:
        answer = rpc.call("getEditsFromTxid", (1, last + 1)).nested(1)
        first = answer.one(2)
        if answer.one(3) == (1 << 64) - 1:
            assert first == (1 << 64) - 1
            return found, last
        assert first == last + 1, "a gap"
        last = answer.one(3)
        assert last <= answer.one(4)
        for raw in answer.get(5, []):
            batch = parse(raw)
            found += [(batch.one(1), parse(event).one(1), parse(parse(event).one(2))) for event in batch[2]]


def test_every_change_becomes_an_event_of_inotify(cluster, folder):
    rpc = Rpc(cluster.port)
    start = rpc.call("getCurrentEditLogTxid").one(1)
    below = folder.rstrip("/") + "/inotify"
    cluster.hfs("mkdir", "-p", f"{below}/d", check=0)
    cluster.hfs("put", "-", f"{below}/d/f", stdin=b"12345", check=0)
    cluster.hfs("chmod", "640", f"{below}/d/f", check=0)
    cluster.hfs("xattr", "set", f"{below}/d/f", "user.a", "1", check=0)
    cluster.hfs("mv", f"{below}/d/f", f"{below}/g", check=0)
    cluster.hfs("rm", f"{below}/g", check=0)
    found, last = batches(rpc, start + 1)
    assert last == rpc.call("getCurrentEditLogTxid").one(1)
    mine = [(kind, event) for _, kind, event in found if path_of(kind, event).startswith(below)]
    assert [txid for txid, _, _ in found] == sorted(txid for txid, _, _ in found)
    kinds = [kind for kind, _ in mine]
    by_path = {event.text(2): event for kind, event in mine if kind == CREATE}
    assert by_path[f"{below}/d"].one(1) == 1 and by_path[f"{below}/d"].nested(6).one(1) == 0o755
    closed = [event for kind, event in mine if kind == CLOSE]
    assert closed[0].one(2) == 5 and closed[0].one(3) > 0
    modes = [event for kind, event in mine if kind == METADATA and event.one(2) == PERMS]
    assert modes[-1].text(1) == f"{below}/d/f" and modes[-1].nested(8).one(1) == 0o640
    attributes = [event for kind, event in mine if kind == METADATA and event.one(2) == XATTRS]
    assert attributes[-1].nested(10).text(2) == "a" and attributes[-1].nested(10).one(3) == b"1"
    assert attributes[-1].one(11, 0) == 0
    renamed = [event for kind, event in mine if kind == RENAME]
    assert (renamed[-1].text(1), renamed[-1].text(2)) == (f"{below}/d/f", f"{below}/g")
    assert kinds[-1] == UNLINK and mine[-1][1].text(1) == f"{below}/g"
    rpc.close()


def test_overwriting_is_a_create_with_a_flag_and_no_unlink(cluster, folder):
    rpc = Rpc(cluster.port)
    path = folder.rstrip("/") + "/twice"
    cluster.hfs("touch", path, check=0)
    start = rpc.call("getCurrentEditLogTxid").one(1)
    create = message((1, path), (2, message((1, 0o644))), (3, "judge"), (4, 3), (5, 1), (6, 1), (7, 1 << 20))
    rpc.send_call("create", create)
    rpc.result()
    found, _ = batches(rpc, start + 1)
    mine = [(kind, event) for _, kind, event in found if path_of(kind, event) == path]
    assert [kind for kind, _ in mine] == [CREATE]
    assert mine[0][1].one(9) == 1 and mine[0][1].one(10) == 1 << 20
    rpc.close()


def test_nothing_new_is_told_with_minus_one_and_only_superusers_may_ask(cluster):
    rpc = Rpc(cluster.port)
    newest = rpc.call("getCurrentEditLogTxid").one(1)
    answer = rpc.call("getEditsFromTxid", (1, newest + 1000)).nested(1)
    assert answer.one(2) == answer.one(3) == (1 << 64) - 1 and answer.one(4) >= newest
    rpc.close()
    other = Rpc(cluster.port, user="nobody-special")
    for method, fields in (("getCurrentEditLogTxid", []), ("getEditsFromTxid", [(1, 1)])):
        with pytest.raises(RemoteError) as refused:
            other.call(method, *fields)
        assert refused.value.java_class == "org.apache.hadoop.security.AccessControlException"
    other.close()
