#!/usr/bin/env python3
"""File data through hdfs-native against two HDFS servers in turn: 1 KiB files, and put and get of one large file.

Rounds alternate between the servers, so that drift of the machine hits both; medians and their ratios are printed.
CPU seconds are those of the server processes, from /proc.
"""
import argparse
import asyncio
import json
import os
import statistics
import time

from hdfs_native import AsyncClient, Client, WriteOptions

TICKS = os.sysconf("SC_CLK_TCK")
# Freeing an AsyncClient waits for its runtime with the interpreter's lock held, which a task that is just ending may want:
# hdfs-native then hangs for ever. So none is freed before the end.
CLIENTS = []


def cpu_seconds(pids):
    total = 0.0
    for pid in pids:
        fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


async def small_files(uri, count, in_flight, base):
    client = AsyncClient(uri)
    CLIENTS.append(client)
    await client.mkdirs(base, 0o755, True)
    numbers = iter(range(count))
    payload = b"x" * 1024

    async def writer():
        for n in numbers:
            file = await client.create(f"{base}/k{n}", WriteOptions(replication=1, overwrite=True))
            await file.write(payload)
            await file.close()

    async def reader():
        for n in numbers:
            file = await client.read(f"{base}/k{n}")
            assert len(await file.read()) == 1024

    start = time.perf_counter()
    await asyncio.gather(*[writer() for _ in range(in_flight)])
    written = time.perf_counter()
    numbers = iter(range(count))
    await asyncio.gather(*[reader() for _ in range(in_flight)])
    read = time.perf_counter()
    await client.delete(base, True)
    return count / (written - start), count / (read - written)


def large_file(uri, mebibytes, pids):
    client = Client(uri)
    buffer = os.urandom(8 << 20)
    path = "/benchmarks-large.bin"
    before, start = cpu_seconds(pids), time.perf_counter()
    writer = client.create(path, WriteOptions(replication=1, overwrite=True))
    for _ in range(mebibytes // 8):
        writer.write(buffer)
    writer.close()
    put, put_cpu = time.perf_counter() - start, cpu_seconds(pids) - before
    before, start = cpu_seconds(pids), time.perf_counter()
    reader = client.read(path)
    size = sum(len(part) for part in reader.read_range_stream(0, len(reader)))
    get, get_cpu = time.perf_counter() - start, cpu_seconds(pids) - before
    assert size == mebibytes << 20, size
    client.delete(path, False)
    return mebibytes / put, mebibytes / get, put_cpu, get_cpu


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uri", required=True)
    parser.add_argument("--pids", default="", help="comma-separated")
    parser.add_argument("--peer-uri")
    parser.add_argument("--peer-pids", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--mebibytes", type=int, default=1024)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    sides = [("hfs", arguments.uri, arguments.pids)]
    if arguments.peer_uri:
        sides.append(("peer", arguments.peer_uri, arguments.peer_pids))
    samples = {name: {} for name, _, _ in sides}

    def keep(name, **figures):
        for key, value in figures.items():
            samples[name].setdefault(key, []).append(value)

    for round_number in range(arguments.rounds + 1):
        for name, uri, pids in sides:
            pids = [int(pid) for pid in pids.split(",") if pid]
            before = cpu_seconds(pids)
            base = f"/benchmarks-native-{os.getpid()}-{round_number}"
            files = arguments.files if name == "hfs" else min(arguments.files, 1000)
            write, read = asyncio.run(small_files(uri, files, arguments.in_flight, base))
            files_cpu = (cpu_seconds(pids) - before) / files * 1e6
            put, get, put_cpu, get_cpu = large_file(uri, arguments.mebibytes, pids)
            if round_number == 0:
                continue  # warms up
            keep(name, write_1k_per_s=write, read_1k_per_s=read, cpu_us_per_1k_file=files_cpu)
            keep(name, put_mib_s=put, get_mib_s=get, put_cpu_s=put_cpu, get_cpu_s=get_cpu)
    medians = {name: {key: statistics.median(values) for key, values in all.items()} for name, all in samples.items()}
    if arguments.json:
        print(json.dumps(medians, sort_keys=True))
        return
    print(f"{'figure':<22}" + "".join(f"{name:>12}" for name in medians) + ("   hfs/peer" if len(medians) > 1 else ""))
    for key in medians["hfs"]:
        row = [medians[name][key] for name in medians]
        ratio = f"{row[0] / row[1]:>11.2f}" if len(row) > 1 and row[1] else ""
        print(f"{key:<22}" + "".join(f"{value:>12.2f}" for value in row) + ratio)


if __name__ == "__main__":
    main()
