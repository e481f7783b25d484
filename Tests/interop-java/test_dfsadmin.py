"""The administrator's tool of Hadoop 2.7, whose jars are the ones that can be had without Maven."""

import os
import pathlib
import re
import subprocess

import conftest
import pytest

OPENS = [f"--add-opens=java.base/{package}=ALL-UNNAMED"
         for package in ("java.lang", "java.util", "java.nio", "sun.nio.ch", "java.net")]


@pytest.fixture(scope="module")
def run(cluster, tmp_path_factory):
    folder = conftest.write_configuration(tmp_path_factory.mktemp("old"), cluster.uri)
    jars = sorted(str(jar) for jar in pathlib.Path(os.environ["HFS_JAVA_OLD_JARS"]).glob("*.jar"))

    def call(name, *arguments, code=0):
        done = subprocess.run(["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", *OPENS,
                               "--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
                               "-cp", ":".join([str(folder), *jars]), name, *map(str, arguments)],
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout
    return call


DFSADMIN = "org.apache.hadoop.hdfs.tools.DFSAdmin"


def test_report(cluster, run):
    report = run(DFSADMIN, "-report")
    count = len(cluster.report["datanodes"])
    assert f"Live datanodes ({count}):" in report
    names = re.findall(r"^Name: ([\d.:]+)", report, re.M)
    assert sorted(names) == sorted(node["address"] for node in cluster.report["datanodes"])
    assert report.count("Decommission Status : Normal") == count
    capacities = [int(c) for c in re.findall(r"^Configured Capacity: (\d+)", report, re.M)]
    assert len(capacities) == count + 1 and capacities[0] == sum(capacities[1:]) > 0
    assert "Missing blocks: 0" in report


def test_safemode_is_entered_and_left(cluster, run):
    assert "Safe mode is OFF" in run(DFSADMIN, "-safemode", "get")
    assert "Safe mode is ON" in run(DFSADMIN, "-safemode", "enter")
    try:
        assert "Safe mode is ON" in run(DFSADMIN, "-safemode", "get")
    finally:
        assert "Safe mode is OFF" in run(DFSADMIN, "-safemode", "leave")
    assert "Safe mode is OFF" in run(DFSADMIN, "-safemode", "wait")


def test_the_old_shell_puts_and_gets(cluster, run, tmp_path):
    shell = "org.apache.hadoop.fs.FsShell"
    (tmp_path / "data").write_bytes(os.urandom(3_000_001))
    run(shell, "-Ddfs.blocksize=1048576", "-put", tmp_path / "data", "/tmp/old-client")
    run(shell, "-get", "/tmp/old-client", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == (tmp_path / "data").read_bytes()
    assert "/tmp/old-client" in run(shell, "-ls", "/tmp")
    assert "MD5-of-1MD5-of-512CRC32C" not in run(shell, "-checksum", "/tmp/old-client")
    run(shell, "-rm", "-skipTrash", "/tmp/old-client")
