"""Rhyme's encoders built from PyTorch Geometric's own layers: same formulas, same weights, same embeddings.

A history of N candles of T timeframes is one graph whose edges run from what was known to what came to be known. Node
features x [N, F] are scaled already; `timeframe` [N] counts fine to coarse; an edge has a type (temporal, down, up)
and attributes [E, 4]: one-hot type, then its time weight. H hidden, D embedding size, A anchors.
"""

import torch
import torch.nn.functional as F
from torch import nn
from torch_geometric.nn import GATConv, GATv2Conv, GINConv, GINEConv, RGCNConv, SAGEConv

EDGE_TYPES = 3
EDGE_ATTRIBUTES = EDGE_TYPES + 1
SCORE_LIMIT = 8.0


class Pass(nn.Identity):
    """What GINConv puts its sum through, so that a bias per timeframe can follow; GINEConv asks for its size."""

    def __init__(self, size):
        super().__init__()
        self.in_channels = size


class Layer(nn.Module):
    """One layer of a kind, ReLU included. `timeframe.weight` [T, H] is its bias, one for each timeframe."""

    def __init__(self, kind, inputs, hidden, timeframes, heads):
        super().__init__()
        self.kind = kind
        self.timeframe = nn.Embedding(timeframes, hidden)
        attention = dict(heads=heads, edge_dim=EDGE_ATTRIBUTES, add_self_loops=False, residual=True, bias=False)
        if kind == "sage":
            self.conv = SAGEConv(inputs, hidden, aggr="mean", bias=False)
        elif kind == "sage-max":
            self.conv = SAGEConv(inputs, hidden, aggr="max", bias=False)
        elif kind == "relational":
            self.conv = RGCNConv(inputs, hidden, EDGE_TYPES, aggr="mean", bias=False)
        elif kind in ("gin", "gine"):
            if kind == "gin":
                self.conv = GINConv(Pass(inputs), train_eps=True)
            else:
                self.conv = GINEConv(Pass(inputs), train_eps=True, edge_dim=EDGE_ATTRIBUTES)
                self.conv.lin = nn.Linear(EDGE_ATTRIBUTES, inputs, bias=False)
            self.first = nn.Linear(inputs, hidden, bias=False)
            self.second = nn.Linear(hidden, hidden)
        elif kind == "gat":
            self.conv = GATConv(inputs, hidden // heads, **attention)
        elif kind == "gatv2":
            self.conv = GATv2Conv(inputs, hidden // heads, share_weights=False, **attention)
        else:
            raise ValueError(f"no layer kind {kind}")

    def forward(self, x, edges, edge_type, edge_attr, timeframe):
        if self.kind == "relational":
            out = self.conv(x, edges, edge_type)
        elif self.kind in ("gine", "gat", "gatv2"):
            out = self.conv(x, edges, edge_attr)
        else:
            out = self.conv(x, edges)
        bias = self.timeframe(timeframe)
        if self.kind in ("gin", "gine"):
            return F.relu(self.second(F.relu(self.first(out) + bias)))
        return F.relu(out + bias)


class Attention(nn.Module):
    """Scores of the attention readout, a vector and a bias for each timeframe."""

    def __init__(self, timeframes, hidden):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(timeframes, hidden) / hidden**0.5)
        self.bias = nn.Parameter(torch.zeros(timeframes, 1))

    def scores(self, h, t):
        return SCORE_LIMIT * torch.tanh((h @ self.weight[t] + self.bias[t]) / SCORE_LIMIT)


class Encoder(nn.Module):
    """config: kind, features, hidden, layers, dim, heads, readout, windows [T]."""

    def __init__(self, config):
        super().__init__()
        self.windows, self.readout = config["windows"], config["readout"]
        hidden, timeframes = config["hidden"], len(self.windows)
        sizes = [config["features"]] + [hidden] * config["layers"]
        self.layers = nn.ModuleList(
            Layer(config["kind"], inputs, hidden, timeframes, config["heads"]) for inputs in sizes[:-1]
        )
        if "attention" in self.readout:
            self.attention = Attention(timeframes, hidden)
        self.projection = nn.Linear(timeframes * len(self.readout) * hidden, config["dim"])

    def propagate(self, x, edges, edge_type, edge_attr, timeframe):
        """Every layer's output, [N, H] each."""
        outputs = []
        for layer in self.layers:
            x = layer(x, edges, edge_type, edge_attr, timeframe)
            outputs.append(x)
        return outputs

    def read(self, rows, t):
        """Readouts of one timeframe from all its rows so far, oldest first: [rows, H] to [R * H]."""
        window = rows[-self.windows[t] :]
        parts = []
        for kind in self.readout:
            if kind == "last":
                parts.append(rows[-1])
            elif kind == "mean":
                parts.append(window.mean(0))
            elif kind == "decay":
                keep = 1 - 2 / (self.windows[t] / 2 + 1)
                ages = torch.arange(len(rows) - 1, -1, -1, dtype=rows.dtype)
                weights = torch.pow(torch.tensor(keep, dtype=rows.dtype), ages)
                parts.append((weights[:, None] * rows).sum(0) / weights.sum())
            else:
                parts.append((torch.softmax(self.attention.scores(window, t), 0)[:, None] * window).sum(0))
        return torch.cat(parts)

    def readouts(self, top, node_of, counts):
        """[A, T * R * H]; node_of: per timeframe the node of each row; counts [A, T]: rows known at an anchor."""
        return torch.stack(
            [
                torch.cat([self.read(top[nodes[:count]], t) for t, (nodes, count) in enumerate(zip(node_of, known))])
                for known in counts.tolist()
            ]
        )

    def project(self, read):
        """LayerNorm without gain, then unit length: [A, D]."""
        projected = self.projection(read)
        return F.normalize(F.layer_norm(projected, projected.shape[-1:]), dim=-1)

    def forward(self, x, edges, edge_type, edge_attr, timeframe, node_of, counts):
        top = self.propagate(x, edges, edge_type, edge_attr, timeframe)[-1]
        return self.project(self.readouts(top, node_of, counts))


def read_history(path):
    """What scripts/pyg/history.ts wrote: x, edges [2, E], edge_type, edge_attr, timeframe, node_of, counts."""
    from safetensors.torch import load_file

    tensors = load_file(path)
    whole = lambda name: tensors[name].long()
    timeframes = tensors["counts"].shape[1]
    return {
        "x": tensors["x"].float(),
        "edges": torch.stack([whole("senders"), whole("receivers")]),
        "edge_type": whole("edgeType"),
        "edge_attr": tensors["edgeAttributes"].float(),
        "timeframe": whole("timeframe"),
        "node_of": [whole(f"nodeOf.{t}") for t in range(timeframes)],
        "counts": whole("counts"),
    }
