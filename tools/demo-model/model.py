"""SmolLM3 in PyTorch, as Hugging Face computes it: GQA, no rotary embedding on every fourth layer, SwiGLU, RMSNorm, tied embeddings, YaRN.

Sequences are packed as trees: a document is computed once, and several questions about it, each with its answer, branch off behind it.
A token sees its own branch and the trunk before it, and positions run on from the trunk, so that each branch is computed exactly as if it
stood alone behind the document.
"""

import functools
import json
import math
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

import tree_attention


@dataclass(frozen=True)
class Config:
    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    max_position_embeddings: int
    rope_theta: float
    rms_norm_eps: float
    no_rope_layers: tuple
    rope_scaling: dict | None

    @property
    def head_dim(self):
        return self.hidden_size // self.num_attention_heads

    @staticmethod
    def load(path):
        raw = json.loads(Path(path).read_text(encoding="utf-8"))
        return Config(**{name: raw[name] for name in Config.__dataclass_fields__ if name not in ("no_rope_layers", "rope_scaling")},
                      no_rope_layers=tuple(raw["no_rope_layers"]), rope_scaling=raw.get("rope_scaling"))


def rope_frequencies(config, yarn_factor=1.0):
    """Inverse frequencies and the scale of cos and sin. A factor above 1 is YaRN over the trained length, as transformers computes it."""
    dim, base = config.head_dim, config.rope_theta
    exponents = torch.arange(0, dim, 2, dtype=torch.float32) / dim
    inverse = 1.0 / (base ** exponents)
    original = config.max_position_embeddings
    if config.rope_scaling:
        yarn_factor = config.rope_scaling["factor"]
        original = config.rope_scaling.get("original_max_position_embeddings", original)
    if yarn_factor <= 1:
        return inverse, 1.0

    def dimension(rotations):
        return dim * math.log(original / (rotations * 2 * math.pi)) / (2 * math.log(base))

    low, high = max(math.floor(dimension(32.0)), 0), min(math.ceil(dimension(1.0)), dim - 1)
    ramp = ((torch.arange(dim // 2, dtype=torch.float32) - low) / max(high - low, 0.001)).clamp(0, 1)
    return inverse / yarn_factor * ramp + inverse * (1 - ramp), 0.1 * math.log(yarn_factor) + 1.0


class RMSNorm(nn.Module):
    def __init__(self, size, epsilon):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, x):
        wide = x.float()
        return self.weight * (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.epsilon)).to(x.dtype)


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), dim=-1) * sin


class Attention(nn.Module):
    def __init__(self, config, layer):
        super().__init__()
        size, head = config.hidden_size, config.head_dim
        self.heads, self.kv_heads, self.head = config.num_attention_heads, config.num_key_value_heads, head
        self.rotary = config.no_rope_layers[layer] == 1
        self.q_proj = nn.Linear(size, self.heads * head, bias=False)
        self.k_proj = nn.Linear(size, self.kv_heads * head, bias=False)
        self.v_proj = nn.Linear(size, self.kv_heads * head, bias=False)
        self.o_proj = nn.Linear(self.heads * head, size, bias=False)

    def forward(self, x, cos, sin, mask, past=None):
        batch, length, _ = x.shape
        q = self.q_proj(x).view(batch, length, self.heads, self.head).transpose(1, 2)
        k = self.k_proj(x).view(batch, length, self.kv_heads, self.head).transpose(1, 2)
        v = self.v_proj(x).view(batch, length, self.kv_heads, self.head).transpose(1, 2)
        if self.rotary:
            q, k = rotate(q, cos, sin).to(v.dtype), rotate(k, cos, sin).to(v.dtype)
        if past is not None:
            if past:
                k, v = torch.cat((past[0], k), 2), torch.cat((past[1], v), 2)
            past[:] = [k, v]
        out = attend(q, k, v, mask)
        return self.o_proj(out.transpose(1, 2).reshape(batch, length, -1))


def attend(q, k, v, mask):
    if isinstance(mask, tree_attention.Trees):
        return tree_attention.attend(q, k, v, mask)
    groups = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
    if not torch.is_tensor(mask):
        return _compiled_flex()(q, k, v, block_mask=mask)
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5
    return torch.softmax(scores.masked_fill(~mask, -1e9), -1) @ v


class MLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, config, layer):
        super().__init__()
        self.self_attn = Attention(config, layer)
        self.mlp = MLP(config)
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)

    def forward(self, x, cos, sin, mask, past=None):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask, past)
        return x + self.mlp(self.post_attention_layernorm(x))


class Body(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config, layer) for layer in range(config.num_hidden_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)


class SmolLM3(nn.Module):
    """Names of parameters are those of the hub's checkpoints. Input and output embeddings are tied."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.model = Body(config)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                scale = 0.02
                if name.endswith(("o_proj.weight", "down_proj.weight")):
                    scale /= math.sqrt(2 * config.num_hidden_layers)
                nn.init.normal_(parameter, std=scale)

    def hidden(self, ids, positions, mask, pasts=None, yarn_factor=1.0):
        """States behind the last norm."""
        inverse, scale = rope_frequencies(self.config, yarn_factor)
        angles = positions.float()[..., None] * inverse.to(positions.device)
        angles = torch.cat((angles, angles), -1)[:, None]
        x = self.model.embed_tokens(ids)
        cos, sin = angles.cos() * scale, angles.sin() * scale
        for index, layer in enumerate(self.model.layers):
            x = layer(x, cos, sin, mask, None if pasts is None else pasts[index])
        return self.model.norm(x)

    def logits(self, hidden):
        return F.linear(hidden, self.model.embed_tokens.weight)

    @torch.no_grad()
    def greedy(self, prompt, limit, stop, yarn_factor=1.0, chunk=1024):
        """Continues one prompt by its likeliest tokens. The prompt is taken in by chunks, so that long ones need little memory."""
        device = self.model.embed_tokens.weight.device
        pasts = [[] for _ in self.model.layers]
        answer, pending, done = [], list(prompt), 0
        while True:
            ids, pending = pending[:chunk], pending[chunk:]
            positions = torch.arange(done, done + len(ids), device=device)
            mask = positions[:, None] >= torch.arange(done + len(ids), device=device)
            state = self.hidden(torch.tensor([ids], device=device), positions[None], mask[None, None], pasts, yarn_factor)
            done += len(ids)
            if pending:
                continue
            token = int(self.logits(state[:, -1]).argmax(-1))
            answer.append(token)
            if token in stop or len(answer) >= limit:
                return answer
            pending = [token]


def tree_mask(trees, branches):
    """Who sees whom, as a dense mask: earlier tokens of the same tree, in the trunk (branch 0) or in the same branch."""
    order = torch.arange(trees.shape[1], device=trees.device)
    before = order[:, None] >= order[None, :]
    same = trees[:, :, None] == trees[:, None, :]
    reach = (branches[:, None, :] == 0) | (branches[:, :, None] == branches[:, None, :])
    return (before[None] & same & reach)[:, None]


@functools.cache
def _compiled_flex():
    from torch.nn.attention.flex_attention import flex_attention
    return torch.compile(flex_attention, dynamic=False)


@functools.cache
def _compiled_block_mask():
    from torch.nn.attention.flex_attention import create_block_mask
    return torch.compile(create_block_mask, dynamic=False)


def block_mask(trees, branches):
    """The same as a block-sparse mask, for recent versions of PyTorch on a GPU."""
    def visible(batch, head, query, key):
        reach = (branches[batch, key] == 0) | (branches[batch, key] == branches[batch, query])
        return (query >= key) & (trees[batch, query] == trees[batch, key]) & reach

    count, length = trees.shape
    return _compiled_block_mask()(visible, count, None, length, length, device=trees.device)
