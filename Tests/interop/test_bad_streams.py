"""Garbage, truncated, oversized and half-open streams: the connection is closed, the server lives on."""

import random
import socket
import struct

import pytest
from wire import Rpc, delimited, message, varint


def is_closed(sock):
    sock.settimeout(60)
    try:
        while sock.recv(4096):
            pass
        return True
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


def serves(cluster):
    rpc = Rpc(cluster.port)
    answer = rpc.call("getFileInfo", (1, "/"))
    rpc.close()
    return answer.nested(1).one(1) == 1


PREFACES = {
    "not the magic": b"XXXX\x09\x00\x00",
    "unknown authentication": b"hrpc\x09\x00\x05",
    "oversized frame": b"hrpc\x09\x00\x00" + struct.pack(">I", 0x7FFFFFFF),
    "negative frame": b"hrpc\x09\x00\x00" + struct.pack(">I", 0xFFFFFFFF),
    "garbage header": b"hrpc\x09\x00\x00" + struct.pack(">I", 20) + b"\xff" * 20,
    "header longer than its frame": b"hrpc\x09\x00\x00" + struct.pack(">I", 5) + varint(1000) + b"abc",
}


@pytest.mark.parametrize("stream", PREFACES.values(), ids=PREFACES.keys())
def test_a_bad_rpc_stream_is_closed(cluster, stream):
    with socket.create_connection(("127.0.0.1", cluster.port), timeout=60) as sock:
        sock.sendall(stream)
        assert is_closed(sock)
    assert serves(cluster)


@pytest.mark.parametrize("seed", range(30))
def test_random_bytes_harm_nobody(cluster, seed):
    choose = random.Random(seed)
    namenode = ("127.0.0.1", cluster.port)
    host, port = choose.choice(cluster.report["datanodes"])["address"].split(":")
    for address, start in ((namenode, b"hrpc\x09\x00\x00"), ((host, int(port)), struct.pack(">HB", 28, choose.choice([80, 81, 85, 86])))):
        with socket.create_connection(address, timeout=60) as sock:
            body = choose.randbytes(choose.randrange(1, 400))
            try:
                sock.sendall(start + (struct.pack(">I", len(body)) + body if seed % 2 else body))
                sock.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            assert is_closed(sock), f"seed {seed}, {address}"
    assert serves(cluster)


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_a_stream_cut_anywhere_is_closed(cluster, cut):
    context = message((1, 2), (2, 0), (3, 5), (4, b"0123456789abcdef"), (5, 1))
    frame = delimited(context) + delimited(message((2, message((1, "root"))), (3, "org.apache.hadoop.hdfs.protocol.ClientProtocol")))
    whole = b"hrpc\x09\x00\x00" + struct.pack(">I", len(frame)) + frame
    with socket.create_connection(("127.0.0.1", cluster.port), timeout=60) as sock:
        sock.sendall(whole[:cut])
        sock.shutdown(socket.SHUT_WR)
        assert is_closed(sock)
    assert serves(cluster)


@pytest.mark.parametrize("path", ["/a\0b", "/" + "é" * 200, "/" + "x" * 8001], ids=["NUL", "400 bytes", "8001 characters"])
def test_a_bad_path_changes_nothing(cluster, path):
    rpc = Rpc(cluster.port)
    before = rpc.call("getListing", (1, "/"), (2, b""), (3, False))
    with pytest.raises(Exception) as caught:
        rpc.call("mkdirs", (1, path), (2, message((1, 0o755))), (3, True))
    assert "Exception" in str(caught.value)
    assert rpc.call("getListing", (1, "/"), (2, b""), (3, False)) == before


def test_invalid_utf8_is_refused(cluster):
    rpc = Rpc(cluster.port)
    with pytest.raises(Exception):
        rpc.call("mkdirs", (1, b"/bad\xff\xfe"), (2, message((1, 0o755))), (3, True))
    assert serves(cluster)


def test_half_open_connections_do_not_pile_up_work(cluster):
    socks = [socket.create_connection(("127.0.0.1", cluster.port), timeout=60) for _ in range(200)]
    for sock in socks:
        sock.sendall(b"hrpc\x09")
    assert serves(cluster)
    for sock in socks:
        sock.close()
