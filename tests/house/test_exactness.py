"""Money and quantities are integers: no binary float where they are held, decided or reckoned."""

import ast
from collections.abc import Iterator

from tree import modules

EXACT = ("fanal/values", "fanal/law", "fanal/records")
FLOATS = ("float", "FloatField", "float16", "float32", "float64", "floating", "double")
PATHS = ("Path", "root", "path", "parameters", "PARAMETERS", "home", "folder", "BASE")


def floats(tree: ast.Module) -> Iterator[str]:
    """Each place of a module where a binary float could come in."""
    for node in ast.walk(tree):
        where = f"line {getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"{where}: {node.value}"
        elif isinstance(node, ast.Name) and node.id in FLOATS:
            yield f"{where}: {node.id}"
        elif isinstance(node, ast.Attribute) and node.attr in FLOATS:
            yield f"{where}: .{node.attr}"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not joins_a_path(node):
            yield f"{where}: {ast.unparse(node)}"


def joins_a_path(node: ast.BinOp) -> bool:
    """Whether the « / » is that of a path, told by its leftmost name."""
    left: ast.AST = node.left
    while isinstance(left, ast.BinOp | ast.Attribute | ast.Call):
        left = (
            left.left if isinstance(left, ast.BinOp) else left.value if isinstance(left, ast.Attribute) else left.func
        )
    return isinstance(left, ast.Name) and left.id in PATHS


def test_no_binary_float_comes_near_money_or_quantities() -> None:
    assert [f"{name}, {it}" for name, tree in modules(*EXACT) for it in floats(tree)] == []


def test_every_way_of_making_a_float_would_be_seen() -> None:
    for planted in (
        "a = 0.1",
        "a = float('1')",
        "a = models.FloatField()",
        "a = x.astype(np.float64)",
        "a = cents / 100",
    ):
        assert list(floats(ast.parse(planted))), planted
    assert list(floats(ast.parse("a = Path(x).parent / 'b' / 'c'; b = cents // 100"))) == []
