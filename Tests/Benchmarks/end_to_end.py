#!/usr/bin/env python3
"""Times the running service against its peers, alternating in one run.

usage: end_to_end.py GLENOID PEERS [--images 100] [--rounds 3] [--page FILE.md]

Runs with a Python that has pydicom, pynetdicom, highdicom, torch and onnxruntime. GLENOID is the program (release
build), PEERS the folder with daemon.py and reference.py; where it is absent there is nothing to do, and it is said.
Prints tables, and writes them into the marked part of FILE.md. What is measured:

receive     images a second that are kept durably, beside DCMTK's storescp, which syncs nothing, and beside what this
            disk writes and syncs; 1 and 4 associations
report      push to the last report, one image per study, the same four-class B1 in both services
alone       one image, from the first byte sent to the report at the PACS
memory      resident memory under that load with the bundle that ships
"""
import argparse, glob, json, os, resource, shutil, signal, socket, statistics, subprocess, sys, tempfile, threading, time

arguments = argparse.ArgumentParser()
arguments.add_argument("glenoid")
arguments.add_argument("peers")
arguments.add_argument("--images", type=int, default=100)
arguments.add_argument("--rounds", type=int, default=3)
arguments.add_argument("--page")
options = arguments.parse_args()
if not os.path.exists(f"{options.peers}/daemon.py"):
    print(f"benchmark of the service: SKIPPED, {options.peers}/daemon.py is absent")
    sys.exit(0)

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

checkout = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
work = tempfile.mkdtemp(prefix="glenoid-end-to-end-", dir=os.environ.get("GLENOID_BENCH_FOLDER"))
children = []


def radiograph(path, rng, rows=2140, columns=1760):
    """A shoulder-like shape with noise: DX, 12 of 16 bits, uncompressed."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    body = 2200 * np.exp(-((x - columns / 2) ** 2 / 5e5 + (y - rows / 2) ** 2 / 9e5))
    implant = 1500 * (((x - columns * 0.6) ** 2 + (y - rows * 0.4) ** 2) < 2e4)
    pixels = (body + implant + rng.normal(300, 12, (rows, columns))).clip(0, 4095).astype("<u2")
    d = Dataset()
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    d.SOPClassUID = d.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    d.StudyInstanceUID, d.SeriesInstanceUID = generate_uid(), generate_uid()
    d.SOPInstanceUID = d.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    d.PatientName, d.PatientID, d.PatientBirthDate, d.PatientSex = "Bench^Mark", "B", "19500101", "O"
    d.StudyDate, d.StudyTime, d.StudyID, d.AccessionNumber, d.ReferringPhysicianName = "20260102", "101500", "1", "1", ""
    d.SeriesNumber, d.InstanceNumber, d.Modality, d.BodyPartExamined = 1, 1, "DX", "SHOULDER"
    d.Manufacturer, d.ImageLaterality, d.PatientOrientation = "Synthetic", "L", ["L", "F"]
    d.Rows, d.Columns, d.SamplesPerPixel, d.PhotometricInterpretation = rows, columns, 1, "MONOCHROME2"
    d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 16, 12, 11, 0
    d.WindowCenter, d.WindowWidth = 2048, 4096
    d.PixelData = pixels.tobytes()
    d.save_as(path, enforce_file_format=True)


def relabelled(files, folder):
    """Copies with identifiers of their own, so that no round repeats another; one study each."""
    os.makedirs(folder)
    for index, file in enumerate(files):
        d = pydicom.dcmread(file)
        d.StudyInstanceUID, d.SeriesInstanceUID = generate_uid(), generate_uid()
        d.SOPInstanceUID = d.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        d.save_as(f"{folder}/{index:05d}.dcm")
    # Else the disk writes these while somebody's time is taken.
    os.sync()
    return sorted(glob.glob(f"{folder}/*"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(command, port, **more):
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    children.append(child)
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return child
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{command[0]} does not listen on {port}")


def stop(child):
    child.send_signal(signal.SIGTERM)
    child.wait()
    children.remove(child)


class Glenoid:
    """The daemon in a folder of its own."""

    def __init__(self, bundle=None, result_port=None):
        self.folder, self.port = tempfile.mkdtemp(dir=work), free_port()
        models = f"[{{bundle: {bundle}, destinations: [pacs]}}]" if bundle else "[]"
        pacs = f"{{pacs: {{aeTitle: PACS, host: 127.0.0.1, port: {result_port}}}}}" if bundle else "{}"
        with open(f"{self.folder}/glenoid.yaml", "w") as f:
            f.write(f"dicom: {{bind: 127.0.0.1, port: {self.port}}}\nspool: {{folder: {self.folder}/spool, reserve: 100MB}}\n"
                    f"queue: {{url: 'sqlite://{self.folder}/queue.sqlite'}}\nstudy: {{settle: 0s}}\n"
                    f"models: {models}\ndestinations: {pacs}\n")
        self.child = start([options.glenoid, "serve", "--config", f"{self.folder}/glenoid.yaml"], self.port)

    def resident(self, key="VmHWM"):
        with open(f"/proc/{self.child.pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith(key)) / 1024

    def close(self):
        stop(self.child)
        shutil.rmtree(self.folder)


def push(files, port, title, associations=1):
    """Seconds that storescu takes to push them all."""
    began = time.time()
    senders = [subprocess.Popen(["storescu", "-aec", title, "--max-pdu", "131072", "127.0.0.1", str(port)] + files[k::associations],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for k in range(associations)]
    if any(s.wait() for s in senders):
        raise SystemExit(f"storescu failed against {title}")
    return time.time() - began


def disk_rate(files, associations):
    """Images a second that this disk writes and syncs, as many at a time as there are associations."""
    folder = tempfile.mkdtemp(dir=work)
    contents = open(files[0], "rb").read()

    def write(index):
        for number in range(index, len(files), associations):
            with open(f"{folder}/{number}", "wb") as f:
                f.write(contents)
                f.flush()
                os.fdatasync(f.fileno())

    threads = [threading.Thread(target=write, args=(index,)) for index in range(associations)]
    began = time.time()
    [t.start() for t in threads], [t.join() for t in threads]
    rate = len(files) / (time.time() - began)
    shutil.rmtree(folder)
    return rate


def receive(files):
    glenoid = Glenoid()
    out, port = tempfile.mkdtemp(dir=work), free_port()
    storescp = start(["storescp", "--fork", "--max-pdu", "131072", "-od", out, str(port)], port)
    rows = []
    for associations in (1, 4):
        ours, theirs, disk = [], [], []
        for number in range(options.rounds):
            copies = relabelled(files, f"{work}/receive")
            theirs.append(len(files) / push(copies, port, "ANY", associations))
            os.sync()  # what storescp has left to the system's cache: a quarter of our time otherwise
            ours.append(len(files) / push(copies, glenoid.port, "GLENOID", associations))
            disk.append(disk_rate(copies, associations))
            shutil.rmtree(f"{work}/receive")
            [os.remove(f"{out}/{f}") for f in os.listdir(out)]
        bounds = [min(t, d) for t, d in zip(theirs, disk)]
        rows.append((associations, *map(statistics.median, (ours, theirs, disk)),
                     statistics.median(o / b for o, b in zip(ours, bounds))))
    glenoid.close(), stop(storescp)
    return rows


class Processors:
    """What the processors did since this was made, milliseconds of one core: [who: ms]."""

    def __init__(self, **processes):
        self.processes = processes
        self.before = self.read()

    @staticmethod
    def ticks(pid):
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        # utime, stime, and those of the children it has waited for (proc(5))
        return sum(int(field) for field in fields[11:15])

    def read(self):
        tick = 1000 / os.sysconf("SC_CLK_TCK")
        times = {}
        for name, process in self.processes.items():
            # Children at work are not in their parent's times yet: storescp has one for each association.
            with open(f"/proc/{process.pid}/task/{process.pid}/children") as f:
                children = f.read().split()
            times[name] = tick * sum(self.ticks(pid) for pid in (process.pid, *children))
        waited = resource.getrusage(resource.RUSAGE_CHILDREN)
        times["storescu"] = 1000 * (waited.ru_utime + waited.ru_stime)
        with open("/proc/stat") as f:
            user, nice, system, idle, waiting, interrupts, late, stolen = (tick * int(n) for n in f.readline().split()[1:9])
        times["idle"] = idle + waiting
        times["all"] = user + nice + system + idle + waiting + interrupts + late + stolen
        return times

    def since(self):
        return {name: ms - self.before[name] for name, ms in self.read().items()}


class Archive:
    """The PACS that results come to."""

    def __init__(self):
        self.folder, self.port = tempfile.mkdtemp(dir=work), free_port()
        self.child = start(["storescp", "--fork", "-od", self.folder, str(self.port)], self.port)

    def clear(self):
        [os.remove(f"{self.folder}/{f}") for f in os.listdir(self.folder)]

    def wait(self, count):
        limit = time.time() + 300
        while len(os.listdir(self.folder)) < count:
            if time.time() > limit:
                raise SystemExit(f"only {len(os.listdir(self.folder))} of {count} results came")
            time.sleep(0.002)


def report(files, bundle, onnx):
    archive = Archive()
    glenoid = Glenoid(bundle, archive.port)
    peer_port = free_port()
    peer = start([sys.executable, f"{options.peers}/daemon.py", onnx, str(peer_port), str(archive.port)], peer_port)
    ours, pushes, theirs, spent = [], [], [], []
    for _ in range(options.rounds):
        for times, port, title in ((theirs, peer_port, "PEER"), (ours, glenoid.port, "GLENOID")):
            copies = relabelled(files, f"{work}/report")
            archive.clear()
            processors = Processors(glenoid=glenoid.child, storescp=archive.child)
            began = time.time()
            pushed = push(copies, port, title)
            archive.wait(len(files))
            times.append((time.time() - began) / len(files) * 1000)
            if title == "GLENOID":
                pushes.append(pushed / len(files) * 1000)
                spent.append({name: ms / len(files) for name, ms in processors.since().items()})
            shutil.rmtree(f"{work}/report")
    stop(peer)
    alone = latency(files[0], glenoid, archive)
    glenoid.close(), stop(archive.child)
    return statistics.median(ours), statistics.median(theirs), statistics.median(o / t for o, t in zip(ours, theirs)), \
        statistics.median(pushes), alone, {name: statistics.median(s[name] for s in spent) for name in spent[0]}


def latency(file, glenoid, archive, count=20):
    """Median milliseconds from starting storescu on one image to its report lying at the PACS."""
    times = []
    for _ in range(count):
        [copy] = relabelled([file], f"{work}/alone")
        archive.clear()
        began = time.time()
        push([copy], glenoid.port, "GLENOID")
        archive.wait(1)
        times.append((time.time() - began) * 1000)
        shutil.rmtree(f"{work}/alone")
        time.sleep(0.4)
    return statistics.median(times)


def shipped(files):
    archive = Archive()
    glenoid = Glenoid(f"{checkout}/conf/models/shoulder-implant", archive.port)
    at_rest, times, peaks = glenoid.resident("VmRSS"), [], []
    for _ in range(options.rounds):
        copies = relabelled(files, f"{work}/shipped")
        archive.clear()
        began = time.time()
        push(copies, glenoid.port, "GLENOID", 4)
        archive.wait(len(files))
        times.append((time.time() - began) / len(files) * 1000)
        peaks.append(glenoid.resident())
        shutil.rmtree(f"{work}/shipped")
    alone = latency(files[0], glenoid, archive)
    glenoid.close(), stop(archive.child)
    return statistics.median(times), alone, at_rest, peaks


def b1():
    """The four-class B1 for both sides."""
    subprocess.run([sys.executable, f"{options.peers}/reference.py", f"{work}/b1", "b1", "4"], check=True, stdout=subprocess.DEVNULL)
    with open(f"{work}/labels.txt", "w") as f:
        f.write("a\nb\nc\nd\n")
    subprocess.run([options.glenoid, "model", "import", f"{work}/b1/torchvision-b1-4.safetensors", "--architecture", "b1",
                    "--labels", f"{work}/labels.txt", "--output", f"{work}/b1/bundle"], check=True, stdout=subprocess.DEVNULL)
    return f"{work}/b1/bundle", f"{work}/b1/torchvision-b1-4.onnx"


def tables():
    """Everything that is measured, as lines of Markdown."""
    rng = np.random.default_rng(1)
    os.makedirs(f"{work}/files")
    for index in range(options.images):
        radiograph(f"{work}/files/{index:05d}.dcm", rng)
    files = sorted(glob.glob(f"{work}/files/*"))
    yield f"{len(files)} images, {options.rounds} rounds, both sides in turn; medians."
    yield ""
    yield "| Kept durably | images/s | storescp, nothing synced | this disk, written and synced | share of the lower |"
    yield "| --- | --- | --- | --- | --- |"
    for associations, us, them, disk, share in receive(files):
        yield f"| associations: {associations} | {us:.1f} | {them:.1f} | {disk:.1f} | {share:.2f} |"
    ours, theirs, share, pushed, alone, spent = report(files, *b1())
    shipped_time, shipped_alone, at_rest, peaks = shipped(files)
    yield ""
    yield "| From push to report, one image a study | ms per image |"
    yield "| --- | --- |"
    yield f"| Glenoid with a four-class B1 | {ours:.1f} |"
    yield f"| the Python service with the same B1 | {theirs:.1f} |"
    yield f"| share | {share:.3f} |"
    yield f"| of that, until the sender was done | {pushed:.1f} |"
    yield f"| both cores' time for it: the service | {spent['glenoid']:.1f} |"
    yield f"| the sender, storescu | {spent['storescu']:.1f} |"
    yield f"| the PACS, storescp | {spent['storescp']:.1f} |"
    yield f"| the system and this script | {spent['all'] - sum(spent[n] for n in ('glenoid', 'storescu', 'storescp', 'idle')):.1f} |"
    yield f"| idle | {spent['idle']:.1f} |"
    yield f"| one image alone, B1 | {alone:.0f} |"
    yield f"| the model that ships, 4 associations | {shipped_time:.1f} |"
    yield f"| one image alone, the model that ships | {shipped_alone:.0f} |"
    yield ""
    counts = ", ".join(str(len(files) * (index + 1)) for index in range(len(peaks)))
    yield (f"Resident memory with the model that ships: {at_rest:.0f} MB at rest; at most "
           f"{', '.join(f'{peak:.0f}' for peak in peaks)} MB after {counts} images.")


try:
    lines = []
    for line in tables():
        print(line, flush=True)
        lines.append(line)
    if options.page:
        page = open(options.page).read()
        start, end = "<!-- measured: end to end -->\n", "<!-- end -->"
        before, rest = page.split(start, 1)
        open(options.page, "w").write(before + start + "\n".join(lines) + "\n" + end + rest.split(end, 1)[1])
finally:
    [child.kill() for child in children]
    shutil.rmtree(work, ignore_errors=True)
