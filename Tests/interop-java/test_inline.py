"""Small files whose bytes the namenode keeps, through Hadoop's own client."""

import random

import pytest


@pytest.mark.parametrize("size", [1, 512, 30_000, 65_536])
def test_fsshell_works_with_what_our_put_left_with_the_namenode(cluster, hadoop, folder, size):
    data = random.Random(size).randbytes(size)
    cluster.hfs("put", "-", f"{folder}/inline", stdin=data, check=0)
    cluster.hfs("put", "--no-inline", "-", f"{folder}/blocks", stdin=data, check=0)
    assert hadoop("-cat", f"{folder}/inline").bytes == data
    sums = [hadoop("-checksum", f"{folder}/{name}").out.split()[1:] for name in ("inline", "blocks")]
    assert sums[0] == sums[1] and sums[0][0].endswith("CRC32C")
    hadoop("-cp", f"{folder}/inline", f"{folder}/copy")
    assert hadoop("-cat", f"{folder}/copy").bytes == data
    hadoop("-appendToFile", "-", f"{folder}/inline", stdin=b"more")
    assert hadoop("-cat", f"{folder}/inline").bytes == data + b"more"
    assert cluster.hfs("cat", f"{folder}/inline", check=0).stdout == data + b"more"
    hadoop("-setrep", "-w", "2", f"{folder}/inline")
    assert hadoop("-du", "-s", f"{folder}/inline").out.split()[:2] == [str(size + 4), str(2 * (size + 4))]
