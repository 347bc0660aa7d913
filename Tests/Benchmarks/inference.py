#!/usr/bin/env python3
"""Times the engine against ONNX Runtime and OpenVINO, alternating, and writes the tables of docs/PERFORMANCE.md.

usage: inference.py GLENOID [--variants b0,b1] [--rounds 3] [--seconds 0.6] [--document FILE] [--fresh]

Run with a Python that has numpy, torch, torchvision, onnx, onnxruntime and openvino. The networks are torchvision's, with
seeded random weights and 1000 classes; they are kept in the temporary folder. Every round runs each side once, so that a
drift of the machine's speed falls on all of them; figures are medians over the rounds, ratios the median of the rounds'
ratios. Big networks get two rounds.

What is measured is kept beside the networks and the document is written after each line, so a run that was cut off goes on
where it stopped, with the same program and the same options. --fresh forgets all that. In the document only what stands
between the two marks is replaced.
"""
import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

BEGIN, END = "<!-- inference: written by make bench -->", "<!-- end of inference -->"
SIDES = {"b0": 224, "b1": 240, "b2": 260, "b3": 300, "b4": 380}
BIG = ("b3", "b4")
PEERS = ("ONNX Runtime", "OpenVINO")
IN_FLIGHT = (1, 2, 4, 8, 16, 32, 64)
FOLDER = os.path.join(tempfile.gettempdir(), "glenoid-bench")


def network(glenoid, variant):
    """Folder with the network as ONNX and as a bundle of ours."""
    folder = os.path.join(FOLDER, f"{variant}-1000")
    onnx, bundle = os.path.join(folder, "network.onnx"), os.path.join(folder, "bundle")
    if not os.path.exists(bundle):
        import torch
        import torchvision
        from safetensors.torch import save_file
        os.makedirs(folder, exist_ok=True)
        torch.manual_seed(11)
        model = getattr(torchvision.models, f"efficientnet_{variant}")(weights=None).eval()
        save_file({k: v.contiguous() for k, v in model.state_dict().items()}, f"{folder}/network.safetensors")
        side = SIDES[variant]
        torch.onnx.export(model, torch.zeros(1, 3, side, side), onnx, input_names=["x"], output_names=["y"],
                          dynamic_axes={"x": {0: "n"}, "y": {0: "n"}}, opset_version=17, dynamo=False)
        subprocess.run([glenoid, "model", "import", f"{folder}/network.safetensors", "--architecture", variant,
                        "--output", bundle], check=True, capture_output=True)
    return onnx, bundle


def median_ms(run, seconds):
    run()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def ours(glenoid, bundle, threads, batch, seconds, *more):
    result = subprocess.run(
        [glenoid, "model", "benchmark", bundle, "--threads", str(threads), "--batch", str(batch), "--seconds",
         str(seconds), "--json", *more], check=True, capture_output=True, text=True)
    return json.loads(result.stdout)


def peers(onnx, side, threads, batch):
    import numpy
    import onnxruntime
    import openvino
    x = numpy.random.default_rng(0).normal(0, 1, (batch, 3, side, side)).astype(numpy.float32)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    core = openvino.Core()
    model = core.read_model(onnx)
    model.reshape([batch, 3, side, side])
    request = core.compile_model(model, "CPU", {
        "INFERENCE_NUM_THREADS": str(threads), "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()
    return {"ONNX Runtime": lambda: session.run(None, {"x": x}), "OpenVINO": lambda: request.infer({0: x})}


@contextlib.contextmanager
def busy_core():
    """Another process keeps the first core busy."""
    spin = f"import os; os.sched_setaffinity(0, {{{min(os.sched_getaffinity(0))}}})\nwhile True: pass"
    process = subprocess.Popen([sys.executable, "-c", spin])
    try:
        yield
    finally:
        process.kill()
        process.wait()


class Bench:
    """Measures what has not been measured yet, and writes the document after each figure."""

    def __init__(self, arguments):
        self.arguments, self.glenoid = arguments, os.path.abspath(arguments.glenoid)
        status = os.stat(self.glenoid)
        self.program = f"{status.st_size}-{status.st_mtime_ns}-{arguments.rounds}-{arguments.seconds}"
        self.path = os.path.join(FOLDER, "measured.json")
        self.measured = {}
        if not arguments.fresh and os.path.exists(self.path):
            with open(self.path) as file:
                kept = json.load(file)
            self.measured = kept["measured"] if kept["program"] == self.program else {}
        self.variants = arguments.variants.split(",")

    def once(self, key, measure):
        if key not in self.measured:
            self.measured[key] = {**measure(), "time": time.strftime("%Y-%m-%d %H:%M"), "load": os.getloadavg()[0]}
            os.makedirs(FOLDER, exist_ok=True)
            with open(self.path, "w") as file:
                json.dump({"program": self.program, "measured": self.measured}, file)
            print(key, {k: round(v, 2) for k, v in self.measured[key].items() if isinstance(v, float)}, flush=True)
            self.write()
        return self.measured[key]

    def rounds(self, variant):
        return min(2, self.arguments.rounds) if variant in BIG else self.arguments.rounds

    def compare(self, variant, threads, batch):
        onnx, bundle = network(self.glenoid, variant)
        sides, seconds = peers(onnx, SIDES[variant], threads, batch), self.arguments.seconds
        rows = []
        for _ in range(self.rounds(variant)):
            row = {name: median_ms(run, seconds) / batch for name, run in sides.items()}
            report = ours(self.glenoid, bundle, threads, batch, seconds)
            rows.append({**row, "ours": report["ms_per_image"]})
        result = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
        for name in PEERS:
            result[f"to {name}"] = statistics.median(row["ours"] / row[name] for row in rows)
        result["to the faster"] = statistics.median(row["ours"] / min(row[name] for name in PEERS) for row in rows)
        keys = ("kernels", "gflops", "peak_gflops", "resident_mb", "peak_resident_mb", "load_ms")
        return {**result, **{key: report[key] for key in keys}}

    def compare_on_busy_core(self, variant, threads, batch):
        with busy_core():
            return self.compare(variant, threads, batch)

    def curve(self, batch):
        return {"ours": ours(self.glenoid, network(self.glenoid, "b1")[1], 2, batch,
                             self.arguments.seconds)["ms_per_image"]}

    def map_cost(self, variant, threads):
        bundle, seconds = network(self.glenoid, variant)[1], self.arguments.seconds
        pairs = [(ours(self.glenoid, bundle, threads, 1, seconds)["ms_per_image"],
                  ours(self.glenoid, bundle, threads, 1, seconds, "--map")["ms_per_image"])
                 for _ in range(self.rounds(variant))]
        return {"without": statistics.median(pair[0] for pair in pairs),
                "with": statistics.median(pair[1] for pair in pairs),
                "ratio": statistics.median(pair[1] / pair[0] for pair in pairs)}

    def measure(self):
        for variant in self.variants:
            for threads in (1, 2):
                for batch in (1, 8):
                    self.once(f"{variant} {threads} {batch}", lambda: self.compare(variant, threads, batch))
        for batch in (1, 8):
            self.once(f"busy {batch}", lambda: self.compare_on_busy_core("b1", 2, batch))
        for variant in ("b1", "b4"):
            if variant in self.variants:
                for threads in (1, 2):
                    self.once(f"map {variant} {threads}", lambda: self.map_cost(variant, threads))
        for batch in IN_FLIGHT:
            self.once(f"curve {batch}", lambda: self.curve(batch))

    def write(self):
        if not self.arguments.document:
            return
        with open(self.arguments.document) as file:
            document = file.read()
        before, after = document.split(BEGIN)[0], document.split(END)[1]
        with open(self.arguments.document, "w") as file:
            file.write(f"{before}{BEGIN}\n\n{self.text()}\n\n{END}{after}")

    def text(self):
        with open("/proc/cpuinfo") as file:
            cpu = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "a CPU")
        items = self.measured.values()
        kernels = {item["kernels"] for item in items if "kernels" in item}
        lines = [
            f"{cpu}, {os.cpu_count()} cores, kernels {', '.join(sorted(kernels))}; {min(i['time'] for i in items)} to "
            f"{max(i['time'] for i in items)}, load average {min(i['load'] for i in items):.1f} to "
            f"{max(i['load'] for i in items):.1f}, of which one or two are this benchmark's own. Milliseconds per image; "
            "ratios are ours to ONNX Runtime, to OpenVINO, and to the faster of the two. Memory is what the process holds "
            "after the runs, and the most it held.", "",
            "| network | threads | batch | ours | ONNX Runtime | OpenVINO | ratios | | | GFLOP/s of peak | MB | most MB | "
            "load, ms |", "| --- " * 13 + "|"]
        for key in [f"{v} {t} {b}" for v in SIDES for t in (1, 2) for b in (1, 8)] + ["busy 1", "busy 8"]:
            if key in self.measured:
                lines.append(row(key, self.measured[key]))
        lines += self.small("Class activation maps at batch 1:", "| network | threads | without | with | ratio |", [
            (f"map {v} {t}", f"| {v.upper()} | {t} | {{without:.2f}} | {{with:.2f}} | {{ratio:.3f}} |")
            for v in ("b1", "b4") for t in (1, 2)])
        lines += self.small("Images in flight at once (B1, 2 threads):", "| images | ms per image |", [
            (f"curve {batch}", f"| {batch} | {{ours:.2f}} |") for batch in IN_FLIGHT])
        return "\n".join(lines)

    def small(self, title, head, rows):
        found = [form.format(**self.measured[key]) for key, form in rows if key in self.measured]
        return ["", title, "", head, "| --- " * (head.count("|") - 1) + "|", *found] if found else []


def row(key, item):
    words = key.split()
    if words[0] == "busy":
        name = f"B1, {SIDES['b1']}, one core kept busy | 2 | {words[1]}"
    else:
        name = f"{words[0].upper()}, {SIDES[words[0]]} | {words[1]} | {words[2]}"
    return (f"| {name} | {item['ours']:.2f} | {item['ONNX Runtime']:.2f} | {item['OpenVINO']:.2f} | "
            f"{item['to ONNX Runtime']:.2f} | {item['to OpenVINO']:.2f} | {item['to the faster']:.2f} | "
            f"{item['gflops']:.0f} of {item['peak_gflops']:.0f} | {item['resident_mb']:.0f} | "
            f"{item['peak_resident_mb']:.0f} | {item['load_ms']:.0f} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("glenoid")
    parser.add_argument("--variants", default="b0,b1,b2,b3,b4")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.6)
    parser.add_argument("--document")
    parser.add_argument("--fresh", action="store_true")
    Bench(parser.parse_args()).measure()


if __name__ == "__main__":
    main()
