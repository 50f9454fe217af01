"""Attention over packed trees on a CPU, by a C kernel that is compiled at first use: PyTorch's own computes every hidden score too."""

import ctypes
import functools
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import torch

SOURCE = Path(__file__).with_suffix(".c")
FLAGS = ["-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast", "-fopenmp", "-shared", "-fPIC"]
HEAD = 32
BLOCK = 64


class Trees(NamedTuple):
    """Which tree and branch each token of a batch belongs to, both int32 [batch, length]."""
    trees: torch.Tensor
    branches: torch.Tensor


def masking(trees, branches):
    return Trees(trees.int().contiguous(), branches.int().contiguous())


def fits(config, length):
    """Whether the kernel is made for this model, and there is a compiler for it."""
    return config.head_dim == HEAD and length % BLOCK == 0 and shutil.which("cc") is not None


@functools.cache
def _library():
    key = hashlib.sha256(SOURCE.read_bytes() + " ".join(FLAGS).encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"tree-attention-{os.getuid()}-{key}.so"
    if not path.exists():
        made = path.with_suffix(f".{os.getpid()}")
        subprocess.run(["cc", *FLAGS, "-o", str(made), str(SOURCE), "-lm"], check=True)
        os.replace(made, path)
    return ctypes.CDLL(str(path))


def _call(name, tensors, *sizes):
    getattr(_library(), name)(*(ctypes.c_void_p(tensor.data_ptr()) for tensor in tensors), *sizes)


@torch.library.custom_op("demo::tree_attention", mutates_args=())
def _forward(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, trees: torch.Tensor, branches: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    out, lse = torch.empty_like(q), q.new_empty(q.shape[:3])
    _call("tree_attention", (q, k, v, trees, branches, out, lse), q.shape[0], q.shape[1], k.shape[1], q.shape[2])
    return out, lse


@_forward.register_fake
def _(q, k, v, trees, branches):
    return torch.empty_like(q), q.new_empty(q.shape[:3])


@torch.library.custom_op("demo::tree_attention_backward", mutates_args=())
def _backward(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, trees: torch.Tensor, branches: torch.Tensor, out: torch.Tensor, lse: torch.Tensor,
              slope: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    dq, dk, dv = torch.empty_like(q), torch.empty_like(k), torch.empty_like(v)
    _call("tree_attention_backward", (q, k, v, trees, branches, out, lse, slope, dq, dk, dv), q.shape[0], q.shape[1], k.shape[1], q.shape[2])
    return dq, dk, dv


@_backward.register_fake
def _(q, k, v, trees, branches, out, lse, slope):
    return torch.empty_like(q), torch.empty_like(k), torch.empty_like(v)


def _keep(ctx, inputs, output):
    ctx.save_for_backward(*inputs, *output)


def _differentiate(ctx, slope, _):
    q, k, v, trees, branches, out, lse = ctx.saved_tensors
    return *_backward(q, k, v, trees, branches, out, lse, slope.contiguous()), None, None


_forward.register_autograd(_differentiate, setup_context=_keep)


def attend(q, k, v, mask):
    """q [batch, heads, length, 32], k and v [batch, kv heads, length, 32], as scaled_dot_product_attention with the trees' mask."""
    kind = v.dtype
    q = (q.float() * HEAD ** -0.5).contiguous()
    return _forward(q, k.float().contiguous(), v.float().contiguous(), mask.trees, mask.branches)[0].to(kind)
