#!/usr/bin/env python3
"""How far our logits and a peer's own lie from the same network in double precision, and how far they would have to.

usage: precision.py GLENOID REFERENCES [b0,b1,...]

REFERENCES holds a folder reference-<variant> for each variant, as the shared tools/peers/reference.py writes it. Prints the
table of docs/NUMERICS.md: the largest difference of logits, relative to the largest logit, and in brackets the root mean
square. "Sums exact" is the peer's network with folded weights and stored activations rounded to Float32 and all else in
double: what is left to an engine in Float32 that makes no other error. GLENOID_KERNELS chooses our kernels. Run with a Python that has torch, torchvision, timm, keras, tensorflow and safetensors.
"""
import os
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy

MEAN = numpy.array([0.485, 0.456, 0.406], numpy.float32)
STD = numpy.array([0.229, 0.224, 0.225], numpy.float32)


def torch_in_double(folder, source, variant, images):
    """The peer's Float32 input and weights; everything after them in double."""
    import timm
    import torch
    import torchvision
    from safetensors.torch import load_file
    if source == "torchvision":
        model = getattr(torchvision.models, f"efficientnet_{variant}")(weights=None)
    else:
        model = timm.create_model(f"efficientnet_{variant}", pretrained=False)
    model.load_state_dict(load_file(f"{folder}/{source}-{variant}.safetensors"))
    x = ((images / 255 - MEAN) / STD).transpose(0, 3, 1, 2).copy()
    with torch.inference_mode():
        return model.eval().double()(torch.from_numpy(x).double()).numpy()


def keras_in_double(folder, variant, images):
    """The same layers with double weights; the file's statistics of the input are left out, as Keras did (NUMERICS)."""
    import keras
    single = keras.models.load_model(f"{folder}/keras-{variant}.keras", compile=False)
    keras.config.set_dtype_policy("float64")
    try:
        double = getattr(keras.applications, f"EfficientNet{variant.upper()}")(weights=None, classifier_activation=None)
        for ours, theirs in zip(double.layers, single.layers, strict=True):
            if not isinstance(theirs, keras.layers.Normalization):
                ours.set_weights([value.astype(numpy.float64) for value in theirs.get_weights()])
        return double.predict(images.astype(numpy.float64), verbose=0)
    finally:
        keras.config.set_dtype_policy("float32")


def imported(glenoid, folder, source, variant, place):
    """The bundle of a reference network."""
    ending = "keras" if source == "keras" else "safetensors"
    subprocess.run([glenoid, "model", "import", f"{folder}/{source}-{variant}.{ending}", "--architecture", variant,
                    "--output", f"{place}/bundle"], check=True, capture_output=True)
    return f"{place}/bundle"


def ours(glenoid, bundle, folder, variant, place):
    subprocess.run([glenoid, "model", "predict", bundle, "--input", f"{folder}/input-{variant}.npy",
                    "--output", f"{place}/logits.npy"], check=True, capture_output=True)
    return numpy.load(f"{place}/logits.npy")


def stored_in_single(bundle, source, variant, images):
    """In double, but for folded weights and stored activations; timm has both paddings, and our names are its names."""
    import timm
    import torch
    from safetensors.torch import load_file

    def rounded(tensor):
        return tensor.float().double()

    model = timm.create_model(("tf_" if source == "keras" else "") + f"efficientnet_{variant}", pretrained=False).eval().double()
    tensors, state = load_file(f"{bundle}/weights.safetensors"), model.state_dict()
    model.load_state_dict({name: tensors[name].reshape(value.shape).double() if name in tensors else value
                           for name, value in state.items()})
    pairs = [(model, "conv_stem", "bn1"), (model, "conv_head", "bn2")]
    for block in (block for stage in model.blocks for block in stage):
        names = [name for name in ("conv_pw", "conv_dw", "conv_pwl") if hasattr(block, name)]
        if len(names) == 2:
            names = ["conv_dw", "conv_pw"]
        pairs += [(block, name, f"bn{index + 1}") for index, name in enumerate(names)]
    for owner, convolution, normalisation in pairs:
        weight, norm = getattr(owner, convolution).weight, getattr(owner, normalisation)
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        shift = norm.bias - norm.running_mean * scale
        weight.data = rounded(weight * scale[:, None, None, None])
        norm.weight.data, norm.bias.data = torch.ones_like(scale), rounded(shift)
        norm.running_mean.data, norm.running_var.data = torch.zeros_like(scale), torch.ones_like(scale) - norm.eps
    for module in model.modules():
        if type(module).__name__ in ("BatchNormAct2d", "SqueezeExcite", "InvertedResidual", "DepthwiseSeparableConv",
                                     "SelectAdaptivePool2d"):
            module.register_forward_hook(lambda module, input, output: rounded(output))
    x = images * numpy.float32(1 / 255) if source == "keras" else (images / 255 - MEAN) / STD
    with torch.inference_mode():
        return model(torch.from_numpy(x.transpose(0, 3, 1, 2).copy()).double()).float().numpy()


def distance(one, other, exact):
    difference = (one.astype(numpy.float64) - other) / numpy.abs(exact).max()
    return f"{numpy.abs(difference).max():.2e} ({numpy.sqrt((difference ** 2).mean()):.1e})"


def main(glenoid, references, variants):
    print("| network | from | ours to the peer | ours to double | the peer to double | sums exact, to the peer |\n"
          "| --- | --- | --- | --- | --- | --- |")
    for variant in variants.split(","):
        folder = f"{references}/reference-{variant}"
        images = numpy.load(f"{folder}/input-{variant}.npy")
        for source in ("torchvision", "timm", "keras"):
            if source == "keras":
                exact = keras_in_double(folder, variant, images)
            else:
                exact = torch_in_double(folder, source, variant, images)
            peer = numpy.load(f"{folder}/logits-{source}-{variant}.npy")
            with tempfile.TemporaryDirectory() as place:
                bundle = imported(glenoid, folder, source, variant, place)
                mine = ours(glenoid, bundle, folder, variant, place)
                best = stored_in_single(bundle, source, variant, images)
            print(f"| {variant.upper()} | {source} | {distance(mine, peer, exact)} | {distance(mine, exact, exact)} | "
                  f"{distance(peer, exact, exact)} | {distance(best, peer, exact)} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) == 4 else "b0,b1,b2,b3,b4")
