#!/usr/bin/env python3
"""Times the way from a file in memory to the network's input, alternating with pydicom, its plugins and Pillow.

usage: preparation.py GLENOID PEERS SHARED [--rounds N] [--page FILE.md]

GLENOID is the program (release build). PEERS is a Python with pydicom, its plugins and Pillow; SHARED the folder with
tools/make-radiographs.py, tools/peers/preparation.py and data/shoulder-implants. One radiograph of 2140 rows, 1760
columns and 12 bits is made of them and coded in each of the codings below; where the folder is absent there is nothing
to do, and it is said. Both run on one core, JPEG 2000 on two as well (the peer has no use for the second).

Prints a table, and writes it into the marked part of FILE.md. Exit status 1 where a target is missed.
"""
import argparse, glob, json, os, statistics, subprocess, sys, tempfile

parser = argparse.ArgumentParser()
parser.add_argument("glenoid")
parser.add_argument("peers")
parser.add_argument("shared")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--page")
arguments = parser.parse_args()

# Coding, how it is made, the most of the peer's time, the most heap in frames, threads of ours.
codings = [
    ("uncompressed", None, 1 / 7, 4, 1),
    ("JPEG lossless", ["dcmcjpeg", "+e1"], 1 / 2.5, 4, 1),
    ("JPEG-LS lossless", ["dcmcjpls"], 1 / 3, 4, 1),
    ("JPEG 2000 lossless", "JPEG2000Lossless", 0.9, 6, 1),
    ("JPEG 2000 lossless, two threads", "JPEG2000Lossless", 0.6, 6, 2),
]
compress = """
import sys, pydicom, pydicom.uid
d = pydicom.dcmread(sys.argv[1]); d.compress(getattr(pydicom.uid, sys.argv[3])); d.save_as(sys.argv[2])
"""


def quietly(command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def make(folder):
    """The radiograph in every coding, by coding."""
    tool = f"{arguments.shared}/tools/make-radiographs.py"
    quietly([arguments.peers, tool, f"{arguments.shared}/data/shoulder-implants", folder, "--count", "1"])
    plain = glob.glob(f"{folder}/*.dcm")[0]
    files = {}
    for coding, how, *_ in codings:
        files[coding] = path = plain if how is None else f"{folder}/{how if isinstance(how, str) else how[0]}"
        if isinstance(how, str) and not os.path.exists(path):
            quietly([arguments.peers, "-c", compress, plain, path, how])
        elif isinstance(how, list):
            quietly(how + [plain, path])
    return files


def measure(files):
    """One row for each coding: the medians of rounds in which both take turns."""
    peer = ["taskset", "-c", "0", arguments.peers, f"{arguments.shared}/tools/peers/preparation.py"]
    mine, theirs = {c: [] for c in files}, {f: [] for f in files.values()}
    for _ in range(arguments.rounds):
        for path in theirs:
            theirs[path].append(json.loads(quietly(peer + [path]))[path])
        for coding, _, _, _, threads in codings:
            path = files[coding]
            ours = ["taskset", "-c", "0" if threads == 1 else "0,1", arguments.glenoid, "benchmark-preparation", path]
            mine[coding].append(json.loads(quietly(ours + ["--threads", str(threads)]))[path])
    for coding, _, share, frames, _ in codings:
        own = statistics.median(m["milliseconds"] for m in mine[coding])
        decoding = statistics.median(m["decodeMilliseconds"] for m in mine[coding])
        other = statistics.median(theirs[files[coding]])
        heap = max(m["peakBytes"] / m["frameBytes"] for m in mine[coding])
        yield coding, own, decoding, other, own / other, share, heap, frames


if not os.path.isdir(f"{arguments.shared}/tools/peers") or not os.access(arguments.peers, os.X_OK):
    sys.exit(f"benchmark of the preparation: SKIPPED, {arguments.shared}/tools/peers or the peers' Python is absent")
with tempfile.TemporaryDirectory() as folder:
    rows = list(measure(make(folder)))
lines = [
    "| Coding | ms | of which decoding | pydicom, Pillow: ms | share | target | peak heap, frames | target |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
] + [
    f"| {c} | {own:.1f} | {decoding:.1f} | {other:.1f} | {ratio:.3f} | {share:.3f} | {heap:.2f} | {frames} |"
    for c, own, decoding, other, ratio, share, heap, frames in rows
]
print("\n".join(lines))
if arguments.page:
    page = open(arguments.page).read()
    start, end = "<!-- measured: preparation -->\n", "<!-- end -->"
    before, rest = page.split(start, 1)
    open(arguments.page, "w").write(before + start + "\n".join(lines) + "\n" + end + rest.split(end, 1)[1])
missed = [row[0] for row in rows if row[4] > row[5] or row[6] > row[7]]
sys.exit(f"missed: {', '.join(missed)}" if missed else 0)
