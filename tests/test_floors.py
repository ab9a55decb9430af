"""Imports run one way: a file may import only from floors below its own."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "fabula"
FLOORS = [
    {"errors", "story", "types"},
    {"layers", "shelf", "shipped", "files", "hands", "images", "tokenizer", "markup", "schema", "roles"},
    {"counting"},
    {"spec", "world", "yamls", "weights"},
    {"origins", "extends", "overlays"},
    {"recipe", "encoders", "fusion", "temporal", "decoders", "losses", "metrics"},
    {"itself", "chance"},
    {"data", "model", "autoencoder", "objective", "writing", "verdict"},
    {"building", "grounding", "scorer", "choosing"},
    {"stages", "train", "bundle"},
    {"narrator"},
    {"storyteller"},
    {"retelling"},
    {"checkpoint", "floors", "drawing"},
    {"evaluate"},
    {"report", "journal", "telling", "inspection"},
    {"run", "compare", "audit", "shipping", "handing"},
    {"staging"},
    {"study"},
    {"cli", "__init__"},
    {"__main__"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def test_imports_run_down():
    wrong = []
    for path in SOURCE.rglob("*.py"):
        room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "fabula":
                names = [node.module.split(".")[1]] if "." in node.module else [a.name for a in node.names]
                wrong += [f"{path.name} -> {n}" for n in names if n != room and FLOOR[n] >= FLOOR[room]]
    assert not wrong
