"""Hadoop's own Java clients as judges. HFS_JAVA_JARS: folder with the jars of hadoop-client 3.4; HFS_JAVA_OLD_JARS: one
with those of Hadoop 2.7, HFS_SPARK_PYTHON: a Python that has pyspark. deploy/interop-java sets them."""

import importlib.util
import os
import pathlib
import struct
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "interop"))
_specification = importlib.util.spec_from_file_location("judges_conftest", HERE.parent / "interop" / "conftest.py")
judges = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(judges)

cluster = judges.cluster
four_datanodes = judges.four_datanodes
pytest_runtest_makereport = judges.pytest_runtest_makereport
CLIENT_JARS = ("hadoop-client-", "log4j", "slf4j-api", "snappy-java", "jcl-over-slf4j", "commons-logging")


def write_configuration(directory, uri, extra=()):
    directory.mkdir(exist_ok=True)
    properties = {"fs.defaultFS": uri, "hadoop.tmp.dir": str(directory / "tmp"), **dict(extra)}
    lines = [f"<property><name>{name}</name><value>{value}</value></property>" for name, value in properties.items()]
    (directory / "core-site.xml").write_text("<configuration>\n" + "\n".join(lines) + "\n</configuration>\n")
    (directory / "log4j2.properties").write_text(
        "rootLogger.level=warn\nrootLogger.appenderRef.c.ref=c\nappender.c.type=Console\nappender.c.name=c\n"
        "appender.c.target=SYSTEM_ERR\nlogger.n.name=org.apache.hadoop.util.NativeCodeLoader\nlogger.n.level=error\n")
    (directory / "log4j.properties").write_text(
        "log4j.rootLogger=WARN,A\nlog4j.appender.A=org.apache.log4j.ConsoleAppender\n"
        "log4j.appender.A.target=System.err\nlog4j.appender.A.layout=org.apache.log4j.SimpleLayout\n")
    return directory


def class_path(directory):
    jars = pathlib.Path(os.environ["HFS_JAVA_JARS"])
    names = sorted(str(jar) for jar in jars.glob("*.jar")
                   if jar.name.startswith(CLIENT_JARS) and "template" not in jar.name)
    return ":".join([str(directory), *names])


class Answer:
    def __init__(self, code, out, err):
        self.code, self.bytes, self.err = code, out, err

    @property
    def out(self):
        return self.bytes.decode(errors="replace")

    @property
    def lines(self):
        return self.out.splitlines()


class Hadoop:
    """A JVM with Hadoop's client, see HadoopJudge.java."""

    def __init__(self, directory, uri, extra=()):
        self.directory = directory
        path = class_path(write_configuration(directory, uri, extra))
        classes = directory / "classes"
        subprocess.run(["javac", "-cp", path, "-d", str(classes), str(HERE / "HadoopJudge.java")], check=True)
        self.log = open(directory / "java.log", "wb")
        self.process = subprocess.Popen(
            ["java", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-cp", f"{path}:{classes}", "HadoopJudge"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)

    def send(self, *arguments, user="", stdin=b""):
        def framed(data):
            return struct.pack(">i", len(data)) + data
        arguments = [str(a).encode() for a in arguments]
        self.process.stdin.write(framed(user.encode()) + struct.pack(">i", len(arguments))
                                 + b"".join(map(framed, arguments)) + framed(stdin))
        self.process.stdin.flush()

    def receive(self):
        def exactly(count):
            data = self.process.stdout.read(count)
            assert len(data) == count, f"the JVM ended: {(self.directory / 'java.log').read_text()[-3000:]}"
            return data
        code, count = struct.unpack(">ii", exactly(8))
        out = exactly(count)
        return Answer(code, out, exactly(struct.unpack(">i", exactly(4))[0]).decode(errors="replace"))

    def __call__(self, *arguments, code=0, error=None, **options):
        """Runs one command; asserts its exit code and, when given, a part of what it complains."""
        self.send(*arguments, **options)
        answer = self.receive()
        assert answer.code == code, f"{arguments}: exit {answer.code}: {answer.out[-500:]} {answer.err[-3000:]}"
        if error is not None:
            assert error in answer.err, f"{arguments}: {answer.err}"
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.log.close()


@pytest.fixture(scope="session")
def hadoop(cluster, tmp_path_factory):
    java = Hadoop(tmp_path_factory.mktemp("hadoop"), cluster.uri)
    yield java
    java.close()


@pytest.fixture
def folder(hadoop, request):
    """A directory of the shared cluster for one test alone."""
    path = "/java/" + "".join(c if c.isalnum() else "_" for c in request.node.name)[:80]
    hadoop("-rm", "-r", "-f", "-skipTrash", path)
    hadoop("-mkdir", "-p", path)
    return path
