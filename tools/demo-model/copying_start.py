"""Weights that can copy before the first step of training.

What small models need longest for, and these tasks most, is the pair of heads that goes on with a text that occurred before (an induction
circuit, Olsson et al., 2022): one head that tells every position its predecessor, and one that looks for positions whose predecessor is the
current token. Starting from such a pair (a mimetic initialization, Trockman and Kolter, 2023), training has them at once and improves them.
"""

import torch

CONSTANT = 0           # the hidden channel that is the same for every token: what a head can see without looking at the text
CONSTANT_SCALE = 4.0   # of that channel, in standard deviations of the others
SPREAD = 0.05          # standard deviation of the embedding
PAIRS = 6              # of the fastest rotary frequencies, which tell neighbors apart
SHARPNESS = 7.0        # length of the position head's queries and keys in each pair
MATCHING = 3.0         # of the score of a token with itself
COPYING = 10.0         # of what is copied, against the current token


def _orthonormal(rows, columns, generator):
    """Rows of unit length and at right angles, with nothing in the constant channel."""
    basis = torch.linalg.qr(torch.randn(columns - 1, rows, generator=generator))[0].T
    return torch.cat((torch.zeros(rows, 1), basis), 1)


@torch.no_grad()
def apply(model, seed=1):
    """Sets the embedding, the first key head of the layer before the first unrotated one, and all heads of that one."""
    generator = torch.Generator().manual_seed(seed)
    config, body = model.config, model.model
    head, group = config.head_dim, config.num_attention_heads // config.num_key_value_heads
    matcher = config.no_rope_layers.index(0)
    body.embed_tokens.weight.normal_(std=SPREAD, generator=generator)
    body.embed_tokens.weight[:, CONSTANT] = CONSTANT_SCALE * SPREAD
    for layer in body.layers:
        # Everything else begins by adding nothing.
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()

    # A normed embedding has this in its constant channel.
    constant = CONSTANT_SCALE / (1 + CONSTANT_SCALE ** 2 / config.hidden_size) ** 0.5
    frequencies = config.rope_theta ** (-torch.arange(0, head, 2, dtype=torch.float32) / head)
    names = _orthonormal(head, config.hidden_size, generator)    # how the predecessor is written down
    places = _orthonormal(head, config.hidden_size, generator)   # and where
    before = body.layers[matcher - 1].self_attn
    for projection in (before.q_proj, before.k_proj, before.v_proj):
        projection.weight[:head] = 0
    # A query of (1, 0) and a key of (cos f, sin f) in every pair are aligned where the key is one position back.
    for pair in range(PAIRS):
        before.q_proj.weight[pair, CONSTANT] = SHARPNESS / constant
        before.k_proj.weight[pair, CONSTANT] = SHARPNESS / constant * frequencies[pair].cos()
        before.k_proj.weight[pair + head // 2, CONSTANT] = SHARPNESS / constant * frequencies[pair].sin()
    before.v_proj.weight[:head] = names
    before.o_proj.weight[:, :head] = 2 * SPREAD * places.T

    match = body.layers[matcher].self_attn
    copied = _orthonormal(config.num_key_value_heads * head, config.hidden_size, generator)
    match.v_proj.weight.copy_(copied)
    for index in range(config.num_attention_heads):
        rows = slice(index * head, (index + 1) * head)
        match.q_proj.weight[rows] = MATCHING * names
        key = index // group
        if index % group == 0:
            match.k_proj.weight[key * head:(key + 1) * head] = places
            match.o_proj.weight[:, rows] = COPYING * SPREAD * copied[key * head:(key + 1) * head].T
