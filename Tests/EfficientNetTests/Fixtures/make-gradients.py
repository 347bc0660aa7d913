#!/usr/bin/env python3
"""Writes gradients.json: what PyTorch (in double) says about a training step of timm's EfficientNet-B0.

usage: make-gradients.py > gradients.json        (python with torch and timm)

Weights, images and noise come from a formula (`values`) that the Swift test repeats, so that the table needs to hold only
two numbers for each tensor: the length of its gradient, and the gradient's projection on a vector of that formula.
"""
import json
import numpy as np
import timm
import torch

GOLDEN, MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1


def values(stream, count):
    """`count` numbers in -1 ... 1 of a stream: SplitMix64 of stream and position."""
    with np.errstate(over="ignore"):
        z = np.uint64(stream * 0xD1342543DE82EF95 & MASK) + (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(GOLDEN)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) / (1 << 23) - 1


def fill(name, tensor, stream):
    v = values(stream, tensor.numel())
    if name.endswith("running_var"):
        v = 1 + 0.5 * v
    elif name.endswith("running_mean"):
        v = 0.1 * v
    elif name.endswith(".weight") and tensor.dim() == 1:
        v = 1 + 0.2 * v
    elif name.endswith(".bias"):
        v = 0.2 * v
    else:
        v = v * np.sqrt(4.5 / np.prod(tensor.shape[1:]))
    v = v.astype(np.float32).astype(np.float64)  # what the float32 side can hold
    tensor.data = torch.from_numpy(v.reshape(tensor.shape))


class Factors(torch.nn.Module):
    def __init__(self, factors):
        super().__init__()
        self.factors = factors.reshape(-1, 1, 1, 1)

    def forward(self, x):
        return x * self.factors


def case(label, model, side, frozen, smoothing, weights, noise, counted):
    torch.manual_seed(0)
    classes, images = 4, 3
    m = timm.create_model(model, pretrained=False, num_classes=classes).double()
    tensors = {k: v for k, v in m.state_dict(keep_vars=True).items() if not k.endswith("num_batches_tracked")}
    for stream, name in enumerate(sorted(tensors)):
        fill(name, tensors[name], stream + 1)
    block_factors = []
    index = 0
    for stage in m.blocks:
        for block in stage:
            index += 1
            has_skip = getattr(block, "has_skip", False)
            if noise and has_skip:
                factors = np.where(values(2000 + index, images) > -0.5, 1.25, 0.0)
                block.drop_path = Factors(torch.from_numpy(factors))
                block_factors.append(factors.tolist())
            else:
                block_factors.append([])
    m.train()
    if frozen:
        for module in m.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.eval()
    m.drop_rate = 0.0
    x = values(1000, images * side * side * 3).astype(np.float32).astype(np.float64).reshape(images, side, side, 3)
    x = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()) * 1.5
    features = m.forward_head(m.forward_features(x), pre_logits=True)
    dropped = features
    if noise:
        mask = np.where(values(3000, features.numel()) > -0.6, 1.25, 0.0).reshape(features.shape)
        dropped = features * torch.from_numpy(mask)
    logits = m.classifier(dropped)
    loss_function = torch.nn.CrossEntropyLoss(
        weight=torch.tensor(weights, dtype=torch.float64) if weights else None, label_smoothing=smoothing)
    loss = loss_function(logits, torch.tensor([2, 0, 3]))
    loss.backward()
    gradients = {}
    for stream, (name, p) in enumerate(sorted(m.named_parameters())):
        g = p.grad.numpy().reshape(-1)
        gradients[name] = [float(np.linalg.norm(g)), float(g @ values(5000 + stream, g.size))]
    statistics = {}
    for name, b in sorted(m.named_buffers()):
        if name.endswith("running_mean") or name.endswith("running_var"):
            statistics[name] = float(b.norm())
    return {"label": label, "side": side, "padding": "same" if "tf_" in model else "symmetric",
            "epsilon": m.bn1.eps, "isFrozen": frozen, "smoothing": smoothing, "classWeights": weights,
            "blockFactors": block_factors if noise else [], "hasDropout": noise, "momentum": m.bn1.momentum,
            "logits": logits.detach().numpy().reshape(-1).tolist(), "loss": float(loss.detach()),
            "gradients": gradients, "statistics": statistics if counted else {}}


def rounded(value):
    """Nine digits are more than Float32 holds."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return {k: rounded(v) for k, v in value.items()} if isinstance(value, dict) else value


if __name__ == "__main__":
    print(json.dumps(rounded([
        case("batch statistics, same padding", "tf_efficientnet_b0", 64, False, 0.1, [1.0, 2.0, 0.5, 1.5], False, True),
        case("batch statistics, noise", "tf_efficientnet_b0", 64, False, 0.0, [], True, False),
        case("frozen statistics, symmetric padding, odd side", "efficientnet_b0", 71, True, 0.05, [], True, False),
    ])))
