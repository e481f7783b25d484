"""Calls of Hadoop's FileSystem API: open files, random reads, leases, locations."""

import time

MIB = 1 << 20


def test_a_file_is_read_while_it_is_written(hadoop, folder):
    path = f"{folder}/open"
    hadoop("open", path)
    hadoop("write", path, 5, 100_000)
    hadoop("hflush", path)
    assert hadoop("visible", path).out.strip() == "100000"
    assert hadoop("equals", path, 5, 100_000).out.strip() == "equal"
    assert len(hadoop("-cat", path).bytes) == 100_000
    assert len(hadoop("-tail", path).bytes) == 1024
    hadoop("hsync", path)
    assert hadoop("-stat", "%b", path).out.strip() == "100000"
    hadoop("close", path)
    assert hadoop("is-closed", path).out.strip() == "true"


def test_an_appended_file_is_read_while_it_is_open(hadoop, folder):
    path = f"{folder}/appended"
    hadoop("-put", "-", path, stdin=b"0123456789")
    hadoop("reopen", path)
    hadoop("write", path, 6, 70_001)
    hadoop("hflush", path)
    assert hadoop("-cat", path).bytes[:10] == b"0123456789"
    assert len(hadoop("-cat", path).bytes) == 70_011
    hadoop("close", path)
    assert len(hadoop("-cat", path).bytes) == 70_011


def test_random_reads_across_blocks(hadoop, folder):
    path = f"{folder}/blocks"
    hadoop("open", path, 2)
    hadoop("write", path, 8, 5 * MIB + 77)
    hadoop("close", path)
    assert hadoop("preads", path, 8, 5 * MIB + 77).out.strip() == "equal"
    assert hadoop("equals", path, 8, 5 * MIB + 77).out.strip() == "equal"
    assert hadoop("locations", path).out.split() == ["blocks", "6", "2"]


def test_create_without_overwrite_is_refused_on_an_existing_file(hadoop, folder):
    hadoop("create-new", f"{folder}/new")
    hadoop("create-new", f"{folder}/new", code=255, error="FileAlreadyExistsException")
    hadoop("create-new", f"{folder}/new/below", code=255)


def test_a_lease_is_recovered_from_a_writer_that_left(hadoop, folder):
    path = f"{folder}/left"
    hadoop("open", path)
    hadoop("write", path, 9, 300_000)
    hadoop("hflush", path)
    hadoop("reopen", path, code=255, error="AlreadyBeingCreatedException")
    hadoop("recover-lease", path)
    deadline = time.monotonic() + 60
    while hadoop("is-closed", path).out.strip() != "true":
        assert time.monotonic() < deadline, "not recovered in time"
        time.sleep(0.2)
    assert hadoop("equals", path, 9, 300_000).out.strip() == "equal"


def test_the_report_lists_the_datanodes(hadoop, cluster):
    assert hadoop("datanodes").out.strip() == str(len(cluster.report["datanodes"]))
