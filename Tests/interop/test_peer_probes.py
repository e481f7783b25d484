"""The probes that were written against a real HDFS 2.7.3, run against hfs. `expected/NAME.hdfs.txt` is what the real one
answered, `expected/NAME.hfs.txt` what hfs answers; wherever they differ, `expected/NAME.deviations.txt` says why.

The probes themselves are not part of this repository: HFS_PEER_TOOLS names their folder (../shared/peers/hdfs beside the clone);
without it only the expectations are checked. HFS_PROBE_RECORD=1 writes what hfs answers into the expectations."""

import os
import pathlib
import re
import subprocess
import sys

import pytest
from conftest import ROOT, started

EXPECTED = pathlib.Path(__file__).parent / "expected"
TOOLS = pathlib.Path(os.environ.get("HFS_PEER_TOOLS", ROOT.parent / "shared" / "peers" / "hdfs"))


def normalised(text):
    """Lines without what differs from run to run: bytes, ids, times, sizes."""
    lines = []
    for line in text.splitlines():
        line = re.sub(r" b['\"].*$", "", line)
        line = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", line)
        line = re.sub(r"BP-\d+-[\d.]+-\d+", "POOL", line)
        line = re.sub(r"blk_\d+_\d+", "BLOCK", line)
        line = re.sub(r"@[0-9a-f]{6,8}", "@OBJECT", line)
        line = re.sub(r"inode \d+", "inode N", line)
        line = re.sub(r"\b(0x)?[0-9a-f]{16,}\b", "HEX", line)
        line = re.sub(r"\d{4,}", "N", line)
        # The flags of a file status, a field that came with 3.x; 2.7.3 has none.
        line = line.replace(" 16:0 18:0}", " 16:0}")
        # Figures of the machine, and how many entries the root happens to have.
        line = re.sub(r"^(getFsStats|getDatanodeReport LIVE)( +\S+ +-> OK).*", r"\1\2", line)
        line = re.sub(r"^(getDelegationToken .*-> OK 1:).*", r"\1TOKEN", line)
        line = re.sub(r"^(proxy user .* 14:)\d+", r"\1N", line)
        lines.append(line.rstrip())
    return lines


def expectations(name):
    hdfs = (EXPECTED / f"{name}.hdfs.txt").read_text().splitlines()
    hfs = (EXPECTED / f"{name}.hfs.txt").read_text().splitlines()
    return hdfs, hfs


def key(line):
    """What was asked: the probe's own name for it."""
    line = line.strip()
    return "packets" if line.startswith("pkt ") else re.split(r" {2,}| ->|: | \d:\d", line, maxsplit=1)[0]


@pytest.mark.parametrize("name", ["rpc_probe", "dn_probe"])
def test_every_deviation_has_its_reason(name):
    hdfs, hfs = expectations(name)
    reasons = dict(line.split(" | ", 1) for line in (EXPECTED / f"{name}.deviations.txt").read_text().splitlines() if line)
    deviating = set()
    import difflib
    for tag, a, b, c, d in difflib.SequenceMatcher(None, hdfs, hfs, autojunk=False).get_opcodes():
        if tag != "equal":
            deviating |= {key(line) for line in hdfs[a:b] + hfs[c:d]}
    assert deviating == set(reasons), f"without reason: {deviating - set(reasons)}; no longer: {set(reasons) - deviating}"


@pytest.mark.skipif(not (TOOLS / "rpc_probe.py").exists(), reason="the probes are not beside the repository")
@pytest.mark.parametrize("name", ["rpc_probe", "dn_probe"])
def test_the_answers_are_the_expected_ones(name, tmp_path):
    for cluster in started(1):
        datanode = cluster.report["datanodes"][0]["address"].rsplit(":", 1)[1]
        for tool in ("rpc_probe.py", "dn_probe.py", "wire_decode.py"):
            text = (TOOLS / tool).read_text().replace("19000", str(cluster.port)).replace("19866", datanode)
            (tmp_path / tool).write_text(text)
        done = subprocess.run([sys.executable, f"{name}.py"], cwd=tmp_path, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr
        answers = normalised(done.stdout)
        if os.environ.get("HFS_PROBE_RECORD"):
            (EXPECTED / f"{name}.hfs.txt").write_text("\n".join(answers) + "\n")
        assert answers == expectations(name)[1]
