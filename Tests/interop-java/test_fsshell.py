"""Every usual command of FsShell (hadoop-client 3.4), its output judged."""

import getpass
import gzip
import random
import re
import time

import pytest

ME = getpass.getuser()
SMALL_BLOCKS = ("-D", "dfs.blocksize=1048576")
PIECES = b"the quick brown fox\njumps over\nthe lazy dog\n"


@pytest.fixture
def pieces(hadoop, folder):
    hadoop("-put", "-", f"{folder}/pieces", stdin=PIECES)
    return f"{folder}/pieces"


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "large"
    path.write_bytes(random.Random(3).randbytes(40_000_003))
    return path


def names(answer):
    return [line.split()[-1] for line in answer.lines if not line.startswith("Found")]


def mode(hadoop, path):
    return hadoop("-stat", "%A %u %g", path).out.strip()


def test_mkdir_makes_directories_and_parents(hadoop, folder):
    hadoop("-mkdir", f"{folder}/a")
    hadoop("-mkdir", f"{folder}/a", code=1, error="File exists")
    hadoop("-mkdir", f"{folder}/no/b", code=1, error="No such file or directory")
    hadoop("-mkdir", "-p", f"{folder}/no/b/c")
    assert names(hadoop("-ls", "-R", folder)) == [f"{folder}/{p}" for p in ("a", "no", "no/b", "no/b/c")]


def test_touchz_and_touch(hadoop, folder):
    hadoop("-touchz", f"{folder}/empty")
    hadoop("-touchz", f"{folder}/empty")
    hadoop("-touch", "-t", "20200102:030405", f"{folder}/dated")
    assert hadoop("-stat", "%b %y", f"{folder}/dated").out.startswith("0 2020-01-0")
    hadoop("-touch", "-c", f"{folder}/not-made")
    assert names(hadoop("-ls", folder)) == [f"{folder}/dated", f"{folder}/empty"]


def test_put_from_standard_input_and_cat(hadoop, folder, pieces):
    assert hadoop("-cat", pieces).bytes == PIECES
    hadoop("-put", "-", pieces, stdin=b"x", code=1, error="File exists")
    hadoop("-put", "-f", "-", pieces, stdin=b"new")
    assert hadoop("-cat", pieces).bytes == b"new"
    hadoop("-cat", f"{folder}/missing", code=1, error="No such file or directory")


@pytest.mark.parametrize("command", ["-put", "-copyFromLocal"])
def test_a_large_file_comes_back_as_it_was(hadoop, folder, large, tmp_path, command):
    hadoop(*SMALL_BLOCKS, command, large, f"{folder}/large")
    hadoop("-get", f"{folder}/large", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == large.read_bytes()
    hadoop(*SMALL_BLOCKS, command, large, f"{folder}/large", code=1, error="File exists")
    hadoop(command, "-f", large, f"{folder}/large")
    hadoop("-copyToLocal", "-f", f"{folder}/large", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == large.read_bytes()
    assert hadoop("-stat", "%b %o %r", f"{folder}/large").out.split() == ["40000003", "134217728", "3"]


@pytest.mark.parametrize("setting, algorithm", [
    ("dfs.checksum.type=CRC32", "512CRC32"), ("dfs.checksum.type=NULL", None),
    ("dfs.bytes-per-checksum=4096", "4096CRC32C")])
def test_a_writer_chooses_the_checksums(hadoop, folder, large, setting, algorithm):
    hadoop("-D", setting, *SMALL_BLOCKS, "-put", large, f"{folder}/large")
    assert hadoop("-cat", f"{folder}/large").bytes == large.read_bytes()
    if algorithm:
        assert hadoop("-checksum", f"{folder}/large").out.split()[1].endswith(f"MD5-of-{algorithm}")


def test_put_with_several_threads_and_directories(hadoop, folder, tmp_path):
    for i in range(12):
        (tmp_path / "tree" / f"d{i % 3}").mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / f"d{i % 3}" / f"f{i}").write_bytes(b"%d" % i * 1000)
    hadoop("-put", "-t", "3", tmp_path / "tree", folder)
    hadoop("-get", f"{folder}/tree", tmp_path / "back")
    got = {str(p.relative_to(tmp_path / "back")): p.read_bytes() for p in (tmp_path / "back").rglob("f*")}
    assert got == {f"d{i % 3}/f{i}": b"%d" % i * 1000 for i in range(12)}


def test_move_from_local_and_put_that_keeps_attributes(hadoop, folder, tmp_path):
    (tmp_path / "moved").write_text("moved")
    hadoop("-moveFromLocal", tmp_path / "moved", folder)
    assert not (tmp_path / "moved").exists()
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "kept").chmod(0o640)
    hadoop("-put", "-p", tmp_path / "kept", folder)
    assert mode(hadoop, f"{folder}/kept").startswith("rw-r-----")


def test_append_to_file(hadoop, folder, tmp_path, pieces):
    (tmp_path / "more").write_bytes(b"more\n")
    hadoop("-appendToFile", tmp_path / "more", pieces)
    hadoop("-appendToFile", "-", pieces, stdin=b"and more\n")
    hadoop("-appendToFile", tmp_path / "more", f"{folder}/created")
    assert hadoop("-cat", pieces).bytes == PIECES + b"more\nand more\n"
    assert hadoop("-cat", f"{folder}/created").bytes == b"more\n"


def test_tail_head_and_text(hadoop, folder, tmp_path, pieces):
    (tmp_path / "lines").write_text("".join(f"line {i}\n" for i in range(5000)))
    hadoop("-put", tmp_path / "lines", f"{folder}/lines")
    assert hadoop("-head", f"{folder}/lines").bytes == (tmp_path / "lines").read_bytes()[:1024]
    assert hadoop("-tail", f"{folder}/lines").bytes == (tmp_path / "lines").read_bytes()[-1024:]
    (tmp_path / "packed.gz").write_bytes(gzip.compress(PIECES))
    hadoop("-put", tmp_path / "packed.gz", folder)
    assert hadoop("-text", f"{folder}/packed.gz").bytes == PIECES
    assert hadoop("-text", pieces).bytes == PIECES


def test_getmerge(hadoop, folder, tmp_path):
    for i in range(3):
        hadoop("-put", "-", f"{folder}/part{i}", stdin=b"part %d" % i)
    hadoop("-getmerge", "-nl", folder, tmp_path / "merged")
    assert (tmp_path / "merged").read_bytes() == b"part 0\npart 1\npart 2\n"


def test_ls_in_its_forms(hadoop, folder, pieces):
    hadoop("-mkdir", f"{folder}/sub")
    line = hadoop("-ls", pieces).lines[0]
    assert re.match(rf"-rw-r--r--   3 {ME} \S+ +{len(PIECES)} \d{{4}}-\d\d-\d\d \d\d:\d\d {pieces}$", line), line
    assert hadoop("-ls", "-d", folder).lines[0].startswith("drwxr-xr-x")
    assert names(hadoop("-ls", "-C", folder)) == [pieces, f"{folder}/sub"]
    assert "Replicated" in hadoop("-ls", "-e", pieces).out
    assert names(hadoop("-ls", "-t", "-r", folder))[-1] == f"{folder}/sub"
    assert names(hadoop("-ls", f"{folder}/p*s")) == [pieces]
    hadoop("-ls", f"{folder}/missing", code=1, error="No such file or directory")


def test_a_directory_of_many_pages(hadoop, folder):
    hadoop("create-many", folder, 2500)
    assert hadoop("list-count", folder).out.strip() == "2500"
    assert names(hadoop("-ls", folder)) == [f"{folder}/f{i:05}" for i in range(2500)]


def test_find(hadoop, folder, pieces):
    hadoop("-mkdir", "-p", f"{folder}/a/b")
    hadoop("-touchz", f"{folder}/a/b/piece.txt")
    assert hadoop("-find", folder, "-name", "piece*").lines == [f"{folder}/a/b/piece.txt", pieces]


def test_test_answers_by_exit_code(hadoop, folder, pieces):
    hadoop("-touchz", f"{folder}/empty")
    for flag, path, code in [("-e", pieces, 0), ("-e", f"{folder}/no", 1), ("-d", folder, 0), ("-d", pieces, 1),
                             ("-f", pieces, 0), ("-f", folder, 1), ("-s", pieces, 0), ("-s", f"{folder}/empty", 1),
                             ("-z", f"{folder}/empty", 0), ("-z", pieces, 1), ("-r", pieces, 0), ("-w", pieces, 0)]:
        hadoop("-test", flag, path, code=code)
    hadoop("-test", "-w", pieces, user="eve", code=1)
    hadoop("-test", "-r", pieces, user="eve")
    hadoop("-chmod", "600", pieces)
    hadoop("-test", "-r", pieces, user="eve", code=1)


def test_count_du_and_df(hadoop, folder, pieces):
    hadoop("-mkdir", f"{folder}/sub")
    size = len(PIECES)
    assert hadoop("-count", folder).out.split() == ["2", "1", str(size), folder]
    assert hadoop("-count", "-q", folder).out.split() == ["none", "inf", "none", "inf", "2", "1", str(size), folder]
    assert hadoop("-count", "-u", folder).out.split() == ["none", "inf", "none", "inf", folder]
    assert hadoop("-du", "-s", folder).out.split() == [str(size), str(3 * size), folder]
    assert hadoop("-du", folder).lines[0].split() == [str(size), str(3 * size), pieces]
    report = hadoop("-df", "/").lines[1].split()
    assert int(report[1]) > int(report[3]) > 0 and report[4].endswith("%")


def test_cp_keeps_what_it_is_told_to(hadoop, folder, pieces):
    hadoop("-chmod", "604", pieces)
    hadoop("-chown", "ann:staff", pieces)
    hadoop("-setfattr", "-n", "user.note", "-v", "kept", pieces)
    hadoop("-setfacl", "-m", "user:eve:r--", pieces)
    hadoop("-cp", "-ptopax", pieces, f"{folder}/copy")
    assert hadoop("-stat", "%a %u %g %Y", f"{folder}/copy").out == hadoop("-stat", "%a %u %g %Y", pieces).out
    assert "kept" in hadoop("-getfattr", "-n", "user.note", f"{folder}/copy").out
    assert "user:eve:r--" in hadoop("-getfacl", f"{folder}/copy").out
    hadoop("-cp", pieces, f"{folder}/copy", code=1, error="File exists")
    hadoop("-cp", "-f", pieces, f"{folder}/copy")
    assert hadoop("-cat", f"{folder}/copy").bytes == PIECES


def test_mv(hadoop, folder, pieces):
    hadoop("-mkdir", "-p", f"{folder}/sub")
    hadoop("-mv", pieces, f"{folder}/sub")
    hadoop("-mv", f"{folder}/sub", f"{folder}/renamed")
    assert names(hadoop("-ls", "-R", folder)) == [f"{folder}/renamed", f"{folder}/renamed/pieces"]
    hadoop("-mv", f"{folder}/renamed", f"{folder}/renamed/inside", code=1)
    hadoop("-touchz", f"{folder}/other")
    hadoop("-mv", f"{folder}/other", f"{folder}/renamed/pieces", code=1, error="File exists")
    hadoop("rename-over", f"{folder}/other", f"{folder}/renamed/pieces")
    assert names(hadoop("-ls", "-R", folder)) == [f"{folder}/renamed", f"{folder}/renamed/pieces"]
    assert hadoop("-cat", f"{folder}/renamed/pieces").bytes == b""


def test_chmod_chown_and_chgrp(hadoop, folder, pieces):
    hadoop("-chmod", "-R", "u+x,o-r", folder)
    assert mode(hadoop, pieces).startswith("rwxr-----")
    hadoop("-chmod", "1777", folder)
    assert mode(hadoop, folder).startswith("rwxrwxrwt")
    hadoop("-chown", "ann", pieces)
    hadoop("-chgrp", "staff", pieces)
    assert mode(hadoop, pieces).split()[1:] == ["ann", "staff"]
    hadoop("-chown", "-R", f"{ME}:people", folder)
    assert mode(hadoop, pieces).split()[1:] == [ME, "people"]


def test_another_user_is_held_back(hadoop, folder, pieces):
    hadoop("-put", "-", f"{folder}/mine", user="eve", stdin=b"x", code=1,
           error="Permission denied: user=eve, access=WRITE")
    hadoop("-chmod", "777", pieces, user="eve", code=1, error="Permission denied")
    hadoop("-chown", "eve", pieces, user="eve", code=1, error="ermission")
    hadoop("-rm", pieces, user="eve", code=1, error="Permission denied")
    hadoop("-chmod", "700", folder)
    hadoop("-cat", pieces, user="eve", code=1, error="Permission denied: user=eve, access=EXECUTE")


def test_setrep_waits_for_the_replicas(hadoop, folder, pieces):
    hadoop("-setrep", "-w", "2", pieces)
    assert hadoop("-stat", "%r", pieces).out.strip() == "2"
    hadoop("-setrep", "-w", "3", pieces)
    assert hadoop("locations", pieces).out.split() == ["pieces", "1", "3"]
    hadoop("-setrep", "-R", "1", folder)
    assert hadoop("-stat", "%r", pieces).out.strip() == "1"


def test_acls(hadoop, folder, pieces):
    hadoop("-setfacl", "-m", "user:eve:rw-,group:staff:r--", pieces)
    listed = hadoop("-getfacl", pieces).lines
    assert listed[:3] == [f"# file: {pieces}", f"# owner: {ME}", listed[2]]
    assert [line for line in listed[3:] if line] == ["user::rw-", "user:eve:rw-", "group::r--", "group:staff:r--",
                                                     "mask::rw-", "other::r--"]
    assert hadoop("-ls", pieces).lines[0].startswith("-rw-rw-r--+")
    hadoop("-setfacl", "-x", "group:staff", pieces)
    assert "staff" not in hadoop("-getfacl", pieces).out
    hadoop("-setfacl", "-b", pieces)
    assert [line for line in hadoop("-getfacl", pieces).lines[3:] if line] == ["user::rw-", "group::r--", "other::r--"]
    hadoop("-setfacl", "-m", "default:user:eve:rwx", folder)
    hadoop("-mkdir", f"{folder}/child")
    listed = hadoop("-getfacl", f"{folder}/child").out
    assert "user:eve:rwx" in listed and "default:user:eve:rwx" in listed
    hadoop("-setfacl", "-k", folder)
    hadoop("-setfacl", "--set", "user::rwx,user:eve:r-x,group::---,other::---", folder)
    hadoop("-cat", pieces, user="eve")
    hadoop("-cat", pieces, user="bob", code=1, error="Permission denied: user=bob, access=EXECUTE")


def test_extended_attributes(hadoop, folder, pieces):
    hadoop("-setfattr", "-n", "user.colour", "-v", "green", pieces)
    hadoop("-setfattr", "-n", "user.bytes", "-v", "0x00ff", pieces)
    listed = hadoop("-getfattr", "-d", "-e", "hex", pieces).lines
    assert sorted(listed[1:]) == ["user.bytes=0x00ff", "user.colour=0x677265656e"]
    assert hadoop("-getfattr", "-n", "user.colour", pieces).lines[1] == 'user.colour="green"'
    hadoop("-setfattr", "-x", "user.colour", pieces)
    hadoop("-getfattr", "-n", "user.colour", pieces, code=1, error="not found")
    hadoop("-setfattr", "-x", "user.colour", pieces, code=1)
    hadoop("-setfattr", "-n", "nonsense.name", "-v", "1", pieces, code=-1)


def test_checksum_depends_on_the_bytes_only(hadoop, folder, large):
    for name in ("a", "b"):
        hadoop(*SMALL_BLOCKS, "-put", large, f"{folder}/{name}")
    a, b = (hadoop("-checksum", f"{folder}/{name}").out.split()[1:] for name in ("a", "b"))
    assert a == b and a[0].startswith("MD5-of-") and a[0].endswith("CRC32C")
    composite = ("-D", "dfs.checksum.combine.mode=COMPOSITE_CRC", "-checksum")
    hadoop("-put", large, f"{folder}/one-block")
    assert hadoop("-checksum", f"{folder}/one-block").out.split()[1:] != a
    answers = [hadoop(*composite, f"{folder}/{name}").out.split()[1:] for name in ("a", "one-block")]
    assert answers[0] == answers[1] and answers[0][0] == "COMPOSITE-CRC32C"


def test_rm_rmdir_and_expunge(hadoop, folder, pieces):
    hadoop("-mkdir", "-p", f"{folder}/a/b")
    hadoop("-rm", f"{folder}/a", code=1, error="Is a directory")
    hadoop("-rmdir", f"{folder}/a", code=1, error="Directory is not empty")
    hadoop("-rmdir", f"{folder}/a/b")
    hadoop("-rmdir", "--ignore-fail-on-non-empty", folder)
    assert "Deleted" in hadoop("-rm", "-r", f"{folder}/a").out
    hadoop("-rm", f"{folder}/a", code=1, error="No such file or directory")
    hadoop("-rm", "-f", f"{folder}/a")
    hadoop("-rm", "-skipTrash", pieces)
    hadoop("-D", "fs.trash.interval=60", "-expunge")
    assert hadoop("-ls", folder).out == ""


def test_trash(hadoop, folder, pieces):
    trash = ("-D", "fs.trash.interval=60")
    home = f"/user/{ME}/.Trash"
    hadoop(*trash, "-rm", pieces)
    assert hadoop("-cat", f"{home}/Current{pieces}").bytes == PIECES
    hadoop(*trash, "-expunge", "-immediate")
    hadoop("-test", "-e", f"{home}/Current{pieces}", code=1)


def test_stat_in_its_formats(hadoop, folder, pieces):
    assert hadoop("-stat", "%F|%n|%b|%r|%u|%a|%A", pieces).out.strip() == \
        f"regular file|pieces|{len(PIECES)}|3|{ME}|644|rw-r--r--"
    assert hadoop("-stat", "%F", folder).out.strip() == "directory"
    assert abs(int(hadoop("-stat", "%Y", pieces).out) / 1000 - time.time()) < 120


def test_what_is_not_supported_says_so_and_changes_nothing(hadoop, folder, pieces):
    hadoop("-truncate", "-w", "19", pieces, code=1, error="truncate is not supported")
    hadoop("-createSnapshot", folder, code=1, error="createSnapshot")
    assert hadoop("-cat", pieces).bytes == PIECES


def test_names_in_other_scripts_and_with_odd_characters(hadoop, folder):
    for name in ("naïve café", "日本語", "emoji 😀", "a%20b", "x=1,y=2", "plus+and&"):
        hadoop("-put", "-", f"{folder}/{name}", stdin=name.encode())
        assert hadoop("-cat", f"{folder}/{name}").out == name
