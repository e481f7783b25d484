"""The datanode's transfer port, spoken raw."""

import struct

import pytest
from wire import Rpc, Transfer, block_fields, message, parse, read_varint

SIZE = 256_000


@pytest.fixture
def block(cluster, folder):
    """(pool, id, stamp, address of a replica, data) of a one-block file."""
    data = bytes(range(256)) * 1000
    cluster.hfs("put", "-", f"{folder}/block", stdin=data, check=0)
    located = Rpc(cluster.port).call("getBlockLocations", (1, f"{folder}/block"), (2, 0), (3, 1 << 40)).nested(1)
    first = parse(located.one(2))
    identity = first.nested(1)
    node = parse(parse(first.one(3)).one(1))
    address = (node.text(1), node.one(4))
    return identity.text(1), identity.one(2), identity.one(3), address, data


def read(address, block, offset, length, send_checksums=None):
    transfer = Transfer(address)
    answer = transfer.read_block(block, offset, length, send_checksums)
    if answer.one(1) != 0:
        return answer, None, None
    first_chunk = answer.nested(4).one(2) if answer.one(4) else None
    data = b""
    while True:
        header, _, part = transfer.packet()
        data += part
        if header.one(4) == 0:
            break
    transfer.socket.sendall(b"\x02" + message((1, 6)))
    return answer, first_chunk, data


@pytest.mark.parametrize("offset, length", [(0, SIZE), (1000, 100), (0, 70_000), (SIZE - 1, 1), (511, 2), (512, 512)])
def test_ranges_cover_what_was_asked_for(block, offset, length):
    pool, identifier, stamp, address, data = block
    answer, start, received = read(address, block_fields(pool, identifier, stamp, SIZE), offset, length)
    assert answer.one(1) == 0
    assert start == offset // 512 * 512
    assert received[offset - start :][:length] == data[offset : offset + length]
    assert len(received) < offset - start + length + 512


def test_checksums_can_be_left_out(block):
    pool, identifier, stamp, address, data = block
    _, _, received = read(address, block_fields(pool, identifier, stamp, SIZE), 0, SIZE, send_checksums=False)
    assert received == data


@pytest.mark.parametrize("change", ["offset", "length", "id", "newer stamp", "pool"])
def test_impossible_reads_are_errors(block, change):
    pool, identifier, stamp, address, _ = block
    offset, length = (300_000, 1) if change == "offset" else (0, 300_000 if change == "length" else 10)
    fields = block_fields("BP-x" if change == "pool" else pool, identifier + 1 if change == "id" else identifier,
                          stamp + 1 if change == "newer stamp" else stamp, 10)
    try:
        answer, _, _ = read(address, fields, offset, length)
        assert answer.one(1) != 0
    except EOFError:
        assert change in ("pool", "id")


def test_a_block_checksum_is_answered(block):
    pool, identifier, stamp, address, _ = block
    transfer = Transfer(address)
    header = message((1, block_fields(pool, identifier, stamp, SIZE)), (2, Transfer.NO_TOKEN))
    transfer.operation(Transfer.CHECKSUM, message((1, header)))
    answer = transfer.receive()
    assert answer.one(1) == 0
    checksum = answer.nested(3)
    assert checksum.one(1) == 512 and len(checksum.one(3)) == 16


@pytest.mark.parametrize("version, operation", [(27, 81), (28, 99)])
def test_another_version_or_operation_is_refused(block, version, operation):
    transfer = Transfer(block[3])
    transfer.operation(operation, b"", version=version)
    transfer.socket.settimeout(60)
    try:
        assert transfer.socket.recv(1) == b""
    except ConnectionResetError:
        pass


def test_a_corrupt_packet_is_refused_and_nothing_is_kept(cluster, block):
    pool, _, _, address, _ = block
    transfer = Transfer(address)
    identity = block_fields(pool, 1 << 40, 777, 0)
    header = message((1, message((1, identity), (2, Transfer.NO_TOKEN))), (2, "probe"))
    body = message((1, header), (4, 6), (5, 1), (6, 0), (7, 0), (8, 777), (9, message((1, 2), (2, 512))))
    transfer.operation(Transfer.WRITE, body)
    if transfer.receive().one(1) == 0:
        packet_header = b"\x09" + struct.pack("<q", 0) + b"\x11" + struct.pack("<q", 0) + b"\x18\x00\x25" + struct.pack("<i", 5)
        transfer.socket.sendall(struct.pack(">IH", 4 + 4 + 5, len(packet_header)) + packet_header + b"\0\0\0\0" + b"hello")
        try:
            answer = transfer.receive()
            assert 0 not in [s for raw in answer.get(2, []) for s in ([raw] if isinstance(raw, int) else raw)]
        except (EOFError, ConnectionResetError):
            pass
    reading = Transfer(address)
    try:
        assert reading.read_block(identity, 0, 5).one(1) != 0
    except EOFError:
        pass
